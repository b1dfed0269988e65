import type { CheckRecord } from '../compare/run-record.js'
import type { Evidence } from '../model/finding.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { type FindingDraft, sayPlatforms } from './draft.js'
import { gatherEvidence, type TargetEvidence } from './evidence.js'
import { listCommands } from './reproduce.js'
import { judgeRuling } from './rulings.js'
import { type Outcome, type Ruling, ruleOnPlatforms } from './table.js'
import { describeTouched, findTouched } from './touched.js'
import { chooseHealthy, platformsOf, type World } from './world.js'

/** Findings for the checks that failed on some target, without those that a guard finding explains. */
export function findFailures(world: World): FindingDraft[] {
  return world.record.checks.flatMap(check => draftCheck(check, world))
}

function draftCheck(check: CheckRecord, world: World): FindingDraft[] {
  const { record } = world
  const outcomes = listOutcomes(check, world)
  if (![...outcomes.values()].includes('bad')) return []
  const healthy = chooseHealthy(
    record,
    [...outcomes].filter(([, outcome]) => outcome === 'good').map(([target]) => target),
  )
  const unstable = world.comparison.checks.find(one => one.check.id === check.check.id)?.unstable
  const rulings = ruleOnPlatforms(record.targets, outcomes)
  const groups = new Map<string, { ruling: Ruling; members: TargetEvidence[] }>()
  for (const target of record.targets) {
    const ruling = rulings.get(formatPlatform(target.platform))
    if (ruling === undefined || outcomes.get(target.id) !== 'bad') continue
    const evidence = gatherEvidence(check, target, healthy)
    // What evidence decides is only one finding where the evidence is the same.
    const key = ruling === 'evidence' ? signEvidence(check, evidence, world) : ruling
    const group = groups.get(key) ?? { ruling, members: [] }
    group.members.push(evidence)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ ruling, members }) => {
    const draft = draftFailure(check, ruling, members, world)
    return unstable === undefined ? draft : doubtDraft(draft, unstable.target)
  })
}

/** Equal for targets that one evidence decides: the same signature, and static findings about the same files. */
function signEvidence(check: CheckRecord, { target, signature }: TargetEvidence, { record }: World): string {
  const known = findTouched(check, target, record).map(finding => finding.key)
  return ['evidence', signature?.signature.id ?? '', ...known].join(' ')
}

/** Good where it passed, bad where it failed; targets that a guard explains, or that flip, prove nothing. */
function listOutcomes(check: CheckRecord, world: World): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  const comparison = world.comparison.checks.find(one => one.check.id === check.check.id)
  for (const [target, result] of check.results) {
    if (result.status !== 'passed' && result.status !== 'failed') continue
    if (world.isExplained(check.check.id, target) || comparison?.unstable?.target === target) continue
    outcomes.set(target, result.status === 'passed' ? 'good' : 'bad')
  }
  return outcomes
}

function draftFailure(
  check: CheckRecord,
  ruling: Ruling,
  members: readonly TargetEvidence[],
  world: World,
): FindingDraft {
  const targets = members.map(member => member.target)
  const singlePlatform = world.record.image?.platforms.length === 1
  const statics = targets.map(target => findTouched(check, target, world.record))
  const judgement = judgeRuling(ruling, {
    targets,
    evidence: members,
    statics,
    singlePlatform,
    verb: 'fails',
  })
  const platforms = platformsOf(targets)
  const where = ruling === 'everywhere' ? 'every platform' : sayPlatforms(platforms)
  const evidence = interleave(
    members.map((member, index) => [
      ...member.evidence,
      ...describeTouched(statics[index] ?? [], member.target),
    ]),
  )
  return {
    kind: 'failure',
    cause: judgement.cause,
    masked: judgement.masked,
    lead: members[0]?.lead ?? '',
    title: checks => `${checks} ${checks.startsWith('"') ? 'fails' : 'fail'} on ${where}`,
    checks: [check.check.id],
    targets,
    evidence,
    advice: judgement.advice,
    reproduce: members.slice(0, 1).flatMap(one => listCommands(world.record.image, one.target, one.leading)),
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
    masked: false,
    evidence: [...draft.evidence, evidence],
    advice: 'Make the check pass or fail every time on the reference first: until then this may be chance.',
  }
}

/** First pieces of all before second ones, so that a cut list shows every target. */
export function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap(list => list.slice(index, index + 1)),
  ).flat()
}

/** The targets of some ids, in the record's order. */
export function selectTargets(targets: readonly Target[], ids: Iterable<string>): Target[] {
  const wanted = new Set(ids)
  return targets.filter(target => wanted.has(target.id))
}
