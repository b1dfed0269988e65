import type { CheckComparison, Difference } from '../compare/comparison.js'
import { labelObservation } from '../compare/fields.js'
import { type CheckRecord, lastAttempt } from '../compare/run-record.js'
import type { Evidence } from '../model/finding.js'
import type { Observation } from '../model/observation.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { type FindingDraft, sayPlatforms } from './draft.js'
import { cut, gatherEvidence } from './evidence.js'
import { interleave } from './failures.js'
import { listCommands } from './reproduce.js'
import { judgeRuling } from './rulings.js'
import { type Outcome, type Ruling, ruleOnPlatforms } from './table.js'
import { describeTouched, findTouched } from './touched.js'
import { chooseHealthy, findTarget, platformsOf, type World } from './world.js'

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

interface Group {
  readonly ruling: Ruling
  readonly targets: Target[]
  readonly deviations: Deviation[]
}

function draftCheck(check: CheckRecord, comparison: CheckComparison, world: World): FindingDraft[] {
  const groups = new Map<string, Group>()
  for (const difference of comparison.differences) {
    const outcomes = listOutcomes(difference, comparison, world)
    const deviation = { difference, outcomes }
    const rulings = ruleOnPlatforms(world.record.targets, outcomes)
    const bad = world.record.targets.filter(target => outcomes.get(target.id) === 'bad')
    for (const [ruling, targets] of groupByRuling(check, bad, rulings, outcomes, world)) {
      const key = `${ruling.key}\0${targets.map(target => target.id).join('\0')}`
      const group = groups.get(key) ?? { ruling: ruling.ruling, targets, deviations: [] }
      group.deviations.push(deviation)
      groups.set(key, group)
    }
  }
  return [...groups.values()].map(group => draftDifference(check, group, world))
}

/** The deviating targets, put together where one cause holds for them. */
function groupByRuling(
  check: CheckRecord,
  bad: readonly Target[],
  rulings: ReadonlyMap<string, Ruling>,
  outcomes: ReadonlyMap<string, Outcome>,
  world: World,
): [{ key: string; ruling: Ruling }, Target[]][] {
  const found = new Map<string, [{ key: string; ruling: Ruling }, Target[]]>()
  const healthy = findHealthy(outcomes, world)
  for (const target of bad) {
    const ruling = rulings.get(formatPlatform(target.platform))
    if (ruling === undefined) continue
    const signature =
      ruling === 'evidence' ? gatherEvidence(check, target, healthy).signature?.signature.id : undefined
    const known =
      ruling === 'evidence' ? findTouched(check, target, world.record).map(finding => finding.key) : []
    const key = [ruling, signature ?? '', ...known].join(' ')
    const entry = found.get(key) ?? [{ key, ruling }, []]
    entry[1].push(target)
    found.set(key, entry)
  }
  return [...found.values()]
}

/**
 * Good: the class that the others are shown against; bad: all others. Where the reference's platform stands alone
 * against two or more platforms that agree, it is the one that deviates.
 */
function listOutcomes(
  difference: Difference,
  comparison: CheckComparison,
  world: World,
): ReadonlyMap<string, Outcome> {
  const counts = (id: string) =>
    comparison.statuses.get(id) === 'passed' && !world.isExplained(comparison.check.id, id)
  const classes = difference.classes
    .map(one => ({ base: one.base, targets: one.targets.filter(counts) }))
    .filter(one => one.targets.length > 0)
  const outcomes = new Map<string, Outcome>()
  const good = chooseGoodClass(classes, world)
  if (good === undefined) return outcomes
  for (const one of classes) for (const id of one.targets) outcomes.set(id, one === good ? 'good' : 'bad')
  return outcomes
}

type Counted = { readonly base: boolean; readonly targets: readonly string[] }

function chooseGoodClass(classes: readonly Counted[], world: World): Counted | undefined {
  const platforms = (one: Counted) =>
    new Set(one.targets.flatMap(id => findTarget(world.record, id)?.platform ?? []).map(formatPlatform)).size
  const base = classes.find(one => one.base)
  const others = classes.filter(one => one !== base)
  const [other] = others
  if (base !== undefined && others.length === 1 && other !== undefined) {
    return platforms(base) === 1 && platforms(other) > 1 ? other : base
  }
  // Without the reference's class the one with the most platforms is the measure.
  return base ?? [...classes].sort((a, b) => platforms(b) - platforms(a))[0]
}

function findHealthy(outcomes: ReadonlyMap<string, Outcome>, world: World): Target | undefined {
  const good = [...outcomes].filter(([, outcome]) => outcome === 'good').map(([id]) => id)
  return chooseHealthy(world.record, good)
}

function draftDifference(check: CheckRecord, group: Group, world: World): FindingDraft {
  const { record } = world
  const { targets, deviations } = group
  const healthy = deviations[0] === undefined ? undefined : findHealthy(deviations[0].outcomes, world)
  const signatures = targets.map(target => gatherEvidence(check, target, healthy))
  const statics = targets.map(target => findTouched(check, target, record))
  const judgement = judgeRuling(group.ruling, {
    targets,
    statics,
    evidence: signatures,
    singlePlatform: false,
    verb: 'differs',
  })
  const first = deviations[0] as Deviation
  const values = targets.map((target, index) => [
    ...signatures
      .filter(one => one.target === target && one.signature)
      .flatMap(one => one.evidence.slice(0, 1)),
    ...deviations.map(deviation => describeValue(deviation, target, healthy)),
    ...describeTouched(statics[index] ?? [], target),
  ])
  const platforms = platformsOf(targets)
  const leading = findObservation(check, targets[0], first.difference)
  return {
    kind: 'difference',
    cause: judgement.cause,
    masked: judgement.masked,
    lead: values[0]?.map(value => value.text).join('\n') ?? '',
    title: checks => {
      const what = deviations.length === 1 ? `${sayField(first.difference)} ` : ''
      const verb = what !== '' || checks.startsWith('"') ? 'differs' : 'differ'
      return `${what === '' ? checks : `${what}in ${checks}`} ${verb} on ${sayPlatforms(platforms)}`
    },
    checks: [check.check.id],
    targets,
    evidence: interleave(values),
    advice: judgement.advice,
    reproduce: targets.slice(0, 1).flatMap(target => listCommands(record.image, target, leading)),
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
