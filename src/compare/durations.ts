import type { Observation } from '../model/observation.js'
import type { Target } from '../model/target.js'
import { type CheckRecord, lastAttempt, type RunRecord } from './run-record.js'
import { chooseReference } from './siblings.js'

/** A check that took far longer on a target than the target's other checks explain. Times in milliseconds. */
export interface SlowCheck {
  readonly check: string
  readonly target: Target
  readonly ms: number
  /** The longer of the reference's two passes. */
  readonly referenceMs: number
  /** `ms` by `referenceMs`. */
  readonly ratio: number
  /** The median of that over the target's checks. */
  readonly median: number
  /** What was taken for usual on the target: the median, or what emulation alone explains. */
  readonly usual: number
}

/** How many times the usual ratio is an outlier, and how much longer it must take; see docs/decisions. */
const FACTOR = 5
const MIN_EXCESS_MS = 2000
/** Below this a time is made of the engine and of chance. */
const MIN_REFERENCE_MS = 250
/** Of a few checks there is no median to speak of. */
const MIN_CHECKS = 5
/** How much slower an emulator's arithmetic is where its median is made of waiting. */
const EMULATED = 8

/** Checks that are outliers of their own target, in the order of the record. */
export function findSlowChecks(record: RunRecord): SlowCheck[] {
  return record.targets.flatMap(target => {
    const times = record.checks.flatMap(check => timeCheck(check, target, record) ?? [])
    if (times.length < MIN_CHECKS) return []
    const median = findMedian(times.map(time => time.ratio))
    const usual = Math.max(1, median, target.slowdown ?? 1, target.execution === 'emulated' ? EMULATED : 1)
    return times.flatMap(time => {
      const expected = usual * Math.max(time.referenceMs, MIN_REFERENCE_MS)
      const isSlow = time.ms > FACTOR * expected && time.ms - expected > MIN_EXCESS_MS
      return isSlow ? [{ ...time, target, median, usual }] : []
    })
  })
}

type Timed = Pick<SlowCheck, 'check' | 'ms' | 'referenceMs' | 'ratio'>

/** The times of a check that passed at once on the target and on the reference, and did the same things there. */
function timeCheck(check: CheckRecord, target: Target, record: RunRecord): Timed | undefined {
  const decided = (one: Target) => hasPassedAtOnce(check, one)
  const reference = chooseReference(record.reference, record.targets, decided)
  if (reference === undefined || reference.id === target.id || !decided(reference) || !decided(target))
    return undefined
  const own = lastAttempt(check.observations, target.id)
  const others = [lastAttempt(check.observations, reference.id)]
  if (check.noise.get(reference.id)?.status === 'passed')
    others.push(lastAttempt(check.noiseObservations, reference.id))
  const ms = sumDurations(own)
  if (ms === 0 || others.some(other => other.length !== own.length)) return undefined
  const referenceMs = Math.max(...others.map(sumDurations))
  return { check: check.check.id, ms, referenceMs, ratio: ms / Math.max(1, referenceMs) }
}

function hasPassedAtOnce(check: CheckRecord, target: Target): boolean {
  const result = check.results.get(target.id)
  return result?.status === 'passed' && result.attempts === 1
}

/** Of what the image did: starting containers and waiting for a worker is the engine's time. */
function sumDurations(observations: readonly Observation[]): number {
  const times = observations.map(one => (one.kind === 'command' || one.kind === 'http' ? one.durationMs : 0))
  return times.reduce((sum, ms) => sum + Math.max(0, ms), 0)
}

function findMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}
