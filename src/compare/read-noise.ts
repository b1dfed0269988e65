import type { Observation } from '../model/observation.js'
import { alignObservations, type KnownKeys } from './align.js'
import type { Aligned, CompareWorld, Side } from './compare-world.js'
import { type NormalizeContext, narrowContext } from './normalize/context.js'
import { type CheckRecord, lastAttempt } from './run-record.js'
import { findSiblings } from './siblings.js'

/**
 * The reference's observations in its second run, where that run decided as the first did. Where the second run was on
 * a sibling, that one's: what differs between two hosts that run the same bytes is no platform's doing either.
 */
export function readNoise(
  record: CheckRecord,
  world: CompareWorld,
  known: KnownKeys,
): { main: Side; repeat: Aligned; context: NormalizeContext } | undefined {
  const { reference } = world
  if (reference === undefined) return undefined
  const status = record.results.get(reference.id)?.status
  if (status !== 'passed' && status !== 'failed') return undefined
  const again = [reference, ...findSiblings(reference, world.targets)].find(one => record.noise.has(one.id))
  const repeated = world.noiseContexts.get(again?.id ?? '')
  const context = world.contexts.get(reference.id)
  if (again === undefined || repeated === undefined || context === undefined) return undefined
  if (record.noise.get(again.id)?.status !== status) return undefined
  const observations = alignObservations(
    lastAttempt(record.observations, reference.id),
    narrowContext(context, record.check.id),
    known,
  )
  const repeat = alignObservations(
    lastAttempt(record.noiseObservations, again.id),
    narrowContext(repeated, record.check.id),
    known,
  )
  const main = { target: reference, context, passed: status === 'passed', observations }
  return { main, repeat, context: repeated }
}

/** What the second run taught about a check; undefined where there was none to learn from. */
export type Noise = ReturnType<typeof readNoise>

/** How many labels of each kind the reference has in one of its passes only (a random name in a command). */
export function countNoisyLabels(base: Side | undefined, noise: Noise): Map<string, number> {
  const counts = new Map<string, number>()
  if (base === undefined || noise === undefined) return counts
  for (const [key, aligned] of noise.main.observations) {
    const { kind } = aligned.observation
    if (!noise.repeat.has(key)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** Whether a key that not all have is explained by labels that vary from run to run. */
export function isNoisyLabel(
  key: string,
  kind: Observation['kind'],
  base: Side | undefined,
  noise: Noise,
  noisy: ReadonlyMap<string, number>,
): boolean {
  if (noise === undefined || base === undefined) return false
  const inMain = noise.main.observations.has(key)
  const inRepeat = noise.repeat.has(key)
  if (inMain !== inRepeat) return true
  return !inMain && (noisy.get(kind) ?? 0) > 0
}
