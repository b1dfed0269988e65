import type { Evidence } from '../model/finding.js'
import type { Target } from '../model/target.js'
import type { TargetEvidence } from './evidence.js'
import { nameEmulator } from './world.js'

/** From how many times the reference's time on a native target counts as slow. */
const SLOW = 2
/** A limit of this many times what slowness explains points to a program that hangs. */
const GENEROUS = 3

/**
 * Whether a target may be bad for no other reason than time: it ran into a limit, left no trace of a crash, and is
 * emulated or a slower machine than the reference's. A native target whose speed was not measured counts as slow
 * unless it shares the reference's host.
 */
export function isSlow(evidence: TargetEvidence, reference: Target | undefined): boolean {
  const { target, timeOut, signature, illegalInstruction } = evidence
  if (timeOut === undefined || signature !== undefined || illegalInstruction) return false
  if (target.execution === 'emulated') return true
  return target.slowdown === undefined ? target.host !== reference?.host : target.slowdown >= SLOW
}

/** How long it had, beside what a healthy target took and how slow this one is. */
export function describeTime(evidence: TargetEvidence, healthy: Target | undefined): Evidence[] {
  const { target, timeOut } = evidence
  if (timeOut === undefined) return []
  const { afterMs, healthyMs } = timeOut
  const { slowdown } = target
  const texts = [`stopped after ${saySeconds(afterMs)}`]
  if (healthy !== undefined && healthyMs !== undefined)
    texts.push(`it took ${saySeconds(healthyMs)} on ${healthy.label}`)
  if (slowdown !== undefined) texts.push(`programs take ${slowdown.toFixed(1)} times as long here`)
  return [
    {
      kind: 'timeout',
      target: target.id,
      text: texts.join('; '),
      data: { afterMs, healthyMs, slowdown, moreThanSlowness: exceedsSlowness(evidence) },
    },
  ]
}

/** What to do about targets that ran out of time. */
export function adviseOnTime(members: readonly TargetEvidence[]): string {
  const start = 'A time limit alone says nothing of the image.'
  const emulated = members.find(one => one.target.execution === 'emulated')?.target
  if (!members.every(exceedsSlowness)) {
    const more = `Give it more time there, or run it on a faster${emulated === undefined ? '' : ' or a native'} host.`
    return `${start} ${more}`
  }
  const given = 'It had far more than its slowness explains, so it may hang.'
  return emulated === undefined
    ? `${start} ${given} Look at what it waits for on that host.`
    : `${start} ${given} ${nameEmulator(emulated)} is known to hang where a program waits for a lock whose owner died, and where process 1 crashes. A native host decides it.`
}

/** Whether the limit had allowed for the measured slowness, generously; false where either is not known. */
export function exceedsSlowness({ target, timeOut }: TargetEvidence): boolean {
  if (timeOut?.healthyMs === undefined || target.slowdown === undefined) return false
  return timeOut.afterMs >= Math.max(100, timeOut.healthyMs) * target.slowdown * GENEROUS
}

function saySeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Marks the members of a check that may be bad for want of time only. */
export function listSlow(members: readonly TargetEvidence[], reference: Target | undefined): Set<string> {
  return new Set(members.filter(member => isSlow(member, reference)).map(member => member.target.id))
}
