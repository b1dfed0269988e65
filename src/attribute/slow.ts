import { findSlowChecks, type SlowCheck } from '../compare/durations.js'
import { lastAttempt } from '../compare/run-record.js'
import type { FindingDraft } from './draft.js'
import { sayTargets } from './draft.js'
import { listCommands } from './reproduce.js'
import type { World } from './world.js'

/** Warnings for checks that take far longer on a target than its other checks explain. They fail no run. */
export function findSlow(world: World): FindingDraft[] {
  const { record } = world
  const slow = findSlowChecks(record).filter(one => !world.isExplained(one.check, one.target.id))
  return slow.map(one => {
    const check = record.checks.find(({ check: { id } }) => id === one.check)
    const observations = check === undefined ? [] : lastAttempt(check.observations, one.target.id)
    const longest = [...observations].sort((a, b) => timeOf(b) - timeOf(a))[0]
    return {
      kind: 'slow',
      cause: 'unattributed',
      lead: one.check,
      title: (checks, targets) => `${checks} is far slower on ${sayTargets(targets, record.targets)}`,
      checks: [one.check],
      targets: [one.target],
      evidence: [
        {
          kind: 'duration',
          target: one.target.id,
          text: describeSlow(one),
          data: {
            severity: 'warning',
            ms: Math.round(one.ms),
            referenceMs: Math.round(one.referenceMs),
            ratio: round(one.ratio),
            median: round(one.median),
            usual: round(one.usual),
          },
        },
      ],
      advice:
        one.target.execution === 'emulated'
          ? 'It is told and fails nothing. A native host of the platform shows whether the build or the emulator is slow: look for a library without optimised code for this platform, or a fallback to an interpreter.'
          : 'It is told and fails nothing. Look for a library without optimised code for this platform, a build without optimisation, or a fallback to an interpreter.',
      reproduce: listCommands(record, one.target, longest),
    }
  })
}

function describeSlow({ ms, referenceMs, ratio, median, usual }: SlowCheck): string {
  const allowed = usual === median ? '' : ` (up to ${round(usual)} times is taken for usual)`
  return `took ${seconds(ms)} s, ${round(ratio)} times the reference's ${seconds(referenceMs)} s; its other checks take ${round(median)} times as long${allowed}`
}

const seconds = (ms: number): string => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1)
const round = (value: number): number => Math.round(value * 10) / 10

function timeOf(observation: { readonly kind: string; readonly durationMs?: number }): number {
  return observation.durationMs ?? 0
}
