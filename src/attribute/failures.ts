import type { CheckRecord } from '../compare/run-record.js'
import type { Evidence } from '../model/finding.js'
import { concludeGroup, interleave } from './conclude-group.js'
import { type FindingDraft, sayPlatforms, sayTargets } from './draft.js'
import { groupTargets, type TargetGroup } from './group-targets.js'
import { listCommands } from './reproduce.js'
import type { Outcome } from './table.js'
import { platformsOf, type World } from './world.js'

/** Findings for the checks that failed on some target, without those that a guard finding explains. */
export function findFailures(world: World): FindingDraft[] {
  return world.record.checks.flatMap(check => draftCheck(check, world))
}

function draftCheck(check: CheckRecord, world: World): FindingDraft[] {
  const outcomes = listOutcomes(check, world)
  if (![...outcomes.values()].includes('bad')) return []
  const unstable = world.comparison.checks.find(one => one.check.id === check.check.id)?.unstable
  const groups = groupTargets(check, outcomes, world)
  return groups.map(group => {
    const draft = draftFailure(check, group, groups, outcomes, world)
    return unstable === undefined ? draft : doubtDraft(draft, unstable.target)
  })
}

/** Good where it passed, bad where it failed; targets that a guard explains, or that flip, prove nothing. */
function listOutcomes(check: CheckRecord, world: World): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  const comparison = world.comparison.checks.find(one => one.check.id === check.check.id)
  for (const [target, result] of check.results) {
    if (result.status !== 'passed' && result.status !== 'failed') continue
    if (comparison?.declaredFailures.has(target) === true) continue
    if (world.isExplained(check.check.id, target) || comparison?.unstable?.target === target) continue
    outcomes.set(target, result.status === 'passed' ? 'good' : 'bad')
  }
  return outcomes
}

function draftFailure(
  check: CheckRecord,
  group: TargetGroup,
  groups: readonly TargetGroup[],
  outcomes: ReadonlyMap<string, Outcome>,
  world: World,
): FindingDraft {
  const { record } = world
  const { ruling, members } = group
  const conclusion = concludeGroup(check, group, groups, outcomes, record, 'fails')
  const targets = members.map(member => member.target)
  const decided = record.targets.filter(target => outcomes.has(target.id))
  const fallen = conclusion.needsMoreThan
  return {
    ...conclusion.draft,
    kind: 'failure',
    lead: `${members[0]?.lead ?? ''}\0${conclusion.apart}`,
    title: (checks, all) => {
      const one = checks.startsWith('"')
      const where = ruling === 'everywhere' ? 'every platform' : sayTargets(all, decided)
      if (fallen === undefined) return `${checks} ${one ? 'fails' : 'fail'} on ${where}`
      return `${checks} on ${sayPlatforms(platformsOf(targets))} ${one ? 'needs' : 'need'} more than ${fallen}`
    },
    evidence: [
      ...conclusion.first,
      ...interleave(members.map((member, index) => [...member.evidence, ...(conclusion.own[index] ?? [])])),
      ...conclusion.last,
    ],
    reproduce: members.slice(0, 1).flatMap(({ target, leading }) => listCommands(record, target, leading)),
  }
}

/** On a check whose verdict changes by chance, nothing can be blamed on a platform. */
function doubtDraft(draft: FindingDraft, reference: string): FindingDraft {
  const evidence: Evidence = {
    kind: 'attempts',
    target: reference,
    text: 'the same check changes its verdict here from run to run',
  }
  return {
    ...draft,
    cause: 'unattributed',
    maskedBy: [],
    evidence: [...draft.evidence, evidence],
    advice: 'Make the check pass or fail every time on the reference first: until then this may be chance.',
  }
}
