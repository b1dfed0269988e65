import type { CheckComparison, Difference } from '../compare/comparison.js'
import { labelObservation } from '../compare/fields.js'
import { type CheckRecord, lastAttempt } from '../compare/run-record.js'
import type { Evidence } from '../model/finding.js'
import type { Observation } from '../model/observation.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { concludeGroup, interleave } from './conclude-group.js'
import { type FindingDraft, sayTargets } from './draft.js'
import { cut } from './evidence.js'
import { groupTargets, listGood, type TargetGroup } from './group-targets.js'
import { listCommands } from './reproduce.js'
import { isLeg, type Outcome } from './table.js'
import { findTouched } from './touched.js'
import { chooseHealthy, findTarget, type World } from './world.js'

/** Findings for values that differ between targets on which the check passed. */
export function findDifferences(world: World): FindingDraft[] {
  return world.comparison.checks.flatMap(comparison => {
    const check = world.record.checks.find(one => one.check.id === comparison.check.id)
    return check === undefined ? [] : draftCheck(check, comparison, world)
  })
}

interface Deviation {
  readonly difference: Difference
  readonly outcomes: ReadonlyMap<string, Outcome>
}

interface Found {
  readonly group: TargetGroup
  readonly groups: readonly TargetGroup[]
  readonly deviations: Deviation[]
}

/** One draft for all fields in which the same targets deviate for one reason. */
function draftCheck(check: CheckRecord, comparison: CheckComparison, world: World): FindingDraft[] {
  const found = new Map<string, Found>()
  for (const difference of comparison.differences) {
    const outcomes = listOutcomes(difference, check, comparison, world)
    const groups = groupTargets(check, outcomes, world)
    for (const group of groups) {
      const targets = [...group.members, ...group.legs].map(one => one.target.id)
      const key = `${group.key}\0${targets.join('\0')}`
      const entry = found.get(key) ?? { group, groups, deviations: [] }
      entry.deviations.push({ difference, outcomes })
      found.set(key, entry)
    }
  }
  return [...found.values()].map(entry => draftDifference(check, entry, world))
}

/**
 * Good: the class that the others are shown against; bad: all others. Where the reference's platform stands alone
 * against two or more platforms that agree, it is the one that deviates, unless the static audit found that what the
 * check touches is wrong on just the others.
 */
function listOutcomes(
  difference: Difference,
  check: CheckRecord,
  comparison: CheckComparison,
  world: World,
): ReadonlyMap<string, Outcome> {
  const counts = (id: string) =>
    comparison.statuses.get(id) === 'passed' && !world.isExplained(comparison.check.id, id)
  const classes = difference.classes
    .map(one => ({ base: one.base, targets: one.targets.filter(counts) }))
    .filter(one => one.targets.length > 0)
  const outcomes = new Map<string, Outcome>()
  const good = chooseGoodClass(classes, check, world)
  if (good === undefined) return outcomes
  for (const one of classes) for (const id of one.targets) outcomes.set(id, one === good ? 'good' : 'bad')
  return outcomes
}

type Counted = { readonly base: boolean; readonly targets: readonly string[] }

function chooseGoodClass(classes: readonly Counted[], check: CheckRecord, world: World): Counted | undefined {
  const isTouched = (id: string) => {
    const target = findTarget(world.record, id)
    return target !== undefined && findTouched(check, target, world.record).length > 0
  }
  /** What the check touches is wrong by the image's own content on all of these, and on none of those. */
  const isBlamed = (these: Counted, those: Counted) =>
    these.targets.every(isTouched) && !those.targets.some(isTouched)
  const platforms = (one: Counted) => {
    const targets = one.targets.flatMap(id => findTarget(world.record, id) ?? [])
    return new Set(targets.filter(target => !isLeg(target)).map(target => formatPlatform(target.platform)))
      .size
  }
  const base = classes.find(one => one.base)
  const others = classes.filter(one => one !== base)
  const [other] = others
  if (base !== undefined && others.length === 1 && other !== undefined) {
    return platforms(base) === 1 && platforms(other) > 1 && !isBlamed(other, base) ? other : base
  }
  // Without the reference's class the one with the most platforms is the measure.
  return base ?? [...classes].sort((a, b) => platforms(b) - platforms(a))[0]
}

function draftDifference(check: CheckRecord, found: Found, world: World): FindingDraft {
  const { record } = world
  const { group, groups, deviations } = found
  const first = deviations[0] as Deviation
  const conclusion = concludeGroup(check, group, groups, first.outcomes, record, 'differs')
  const values = group.members.map((member, index) => [
    ...(member.signature === undefined ? [] : member.evidence.slice(0, 1)),
    ...deviations.map(deviation =>
      describeValue(
        deviation,
        member.target,
        chooseHealthy(record, listGood(deviation.outcomes), member.target),
      ),
    ),
    ...(conclusion.own[index] ?? []),
  ])
  const targets = group.members.map(member => member.target)
  const decided = record.targets.filter(target => first.outcomes.has(target.id))
  const leading = findObservation(check, targets[0], first.difference)
  return {
    ...conclusion.draft,
    kind: 'difference',
    lead: `${values[0]?.map(value => value.text).join('\n') ?? ''}\0${conclusion.apart}`,
    title: (checks, all) => {
      const what = deviations.length === 1 ? `${sayField(first.difference)} ` : ''
      const verb = what !== '' || checks.startsWith('"') ? 'differs' : 'differ'
      return `${what === '' ? checks : `${what}in ${checks}`} ${verb} on ${sayTargets(all, decided)}`
    },
    evidence: [...conclusion.first, ...interleave(values), ...conclusion.last],
    reproduce: targets.slice(0, 1).flatMap(target => listCommands(record, target, leading)),
  }
}

function sayField(difference: Difference): string {
  if (difference.kind === 'value') return `value \`${cut(difference.label, 40)}\``
  if (difference.field === 'observed') return `presence of \`${cut(difference.label, 40)}\``
  return `${difference.field} of \`${cut(difference.label, 40)}\``
}

/** The first changed line on a target beside the healthy one's. */
function describeValue(deviation: Deviation, target: Target, healthy: Target | undefined): Evidence {
  const { difference } = deviation
  const own = difference.classes.find(one => one.targets.includes(target.id))
  const other = difference.classes.find(one => healthy !== undefined && one.targets.includes(healthy.id))
  const diff = (own?.base === true ? other?.diff : own?.diff) ?? []
  const [mine, theirs] = own?.base === true ? (['-', '+'] as const) : (['+', '-'] as const)
  const line = (sign: string) => diff.find(one => one.sign === sign)?.text
  const show = (text: string | undefined, value: string | undefined) =>
    JSON.stringify(cut((text ?? (diff.length > 0 ? '' : value?.split('\n', 1)[0])) || '(nothing)', 120))
  const against = healthy === undefined ? '' : `; on ${healthy.label}: ${show(line(theirs), other?.value)}`
  return {
    kind: 'value',
    target: target.id,
    text: `${sayField(difference)}: ${show(line(mine), own?.value)}${against}`,
    data: { field: difference.field, label: difference.label, ordinal: difference.ordinal },
  }
}

function findObservation(
  check: CheckRecord,
  target: Target | undefined,
  difference: Difference,
): Observation | undefined {
  if (target === undefined) return undefined
  const observations = lastAttempt(check.observations, target.id).filter(one => one.kind === difference.kind)
  return (
    observations.find(one => labelObservation(one) === difference.label) ?? observations[difference.ordinal]
  )
}
