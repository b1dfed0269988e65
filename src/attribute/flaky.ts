import type { CheckRecord } from '../compare/run-record.js'
import { isDecided } from '../compare/settle-results.js'
import type { Evidence } from '../model/finding.js'
import type { Target } from '../model/target.js'
import { type FindingDraft, sayTargets } from './draft.js'
import { cut, firstLine, gatherEvidence } from './evidence.js'
import { listCommands } from './reproduce.js'
import { selectTargets, type World } from './world.js'

/** Findings for checks that changed their verdict on one target, between attempts or between the two passes. */
export function findFlaky(world: World): FindingDraft[] {
  return world.record.checks.flatMap(check => {
    const evidence = collectFlips(check, world)
    const targets = selectTargets(
      world.record.targets,
      evidence.flatMap(one => one.target ?? []),
    )
    const [first] = targets
    if (first === undefined) return []
    const decided = world.record.targets.filter(target => isDecided(check.results.get(target.id)))
    const leading = gatherEvidence(check, first, undefined).leading
    const draft: FindingDraft = {
      kind: 'flaky',
      cause: 'nondeterminism',
      lead: check.check.id,
      title: checks => `${checks} changes its verdict from run to run on ${sayTargets(targets, decided)}`,
      checks: [check.check.id],
      targets,
      evidence,
      advice: 'Repeat the command some times and look for time, order, random numbers or state left behind.',
      reproduce: listCommands(world.record, first, leading),
    }
    return [draft]
  })
}

function collectFlips(check: CheckRecord, world: World): Evidence[] {
  const found: Evidence[] = []
  for (const target of world.record.targets) {
    const result = check.results.get(target.id)
    if (result?.flaky !== true || world.isExplained(check.check.id, target.id)) continue
    const error = result.errors[0]
    const because = error === undefined ? '' : `: ${cut(firstLine(error.message), 160)}`
    found.push(
      describeFlip(target, `passed on attempt ${result.attempts} after failing${because}`, {
        attempts: result.attempts,
      }),
    )
  }
  const unstable = world.comparison.checks.find(one => one.check.id === check.check.id)?.unstable
  const target = world.record.targets.find(one => one.id === unstable?.target)
  if (unstable !== undefined && target !== undefined && !world.isExplained(check.check.id, target.id)) {
    const { main, noise } = unstable
    found.push(describeFlip(target, `${main} in the first run and ${noise} in the second`, { main, noise }))
  }
  return found
}

function describeFlip(target: Target, text: string, data: Record<string, unknown>): Evidence {
  return { kind: 'attempts', target: target.id, text, data }
}
