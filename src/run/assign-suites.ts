import type { WorkerContext } from '../worker/context.js'

/** A target whose image its host holds, with the lane whose suites it shares. */
export interface ReadyTarget {
  readonly context: WorkerContext
  readonly lane: string
}

/**
 * Says which suite files each target runs, by its id: targets of one lane share them in turn, the n-th file going to
 * the n-th of them, so that the same suites are spread alike in every run.
 */
export function assignSuites(
  ready: readonly ReadyTarget[],
  files: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const lanes = new Map<string, ReadyTarget[]>()
  for (const each of ready) lanes.set(each.lane, [...(lanes.get(each.lane) ?? []), each])
  const assigned = new Map<string, string[]>()
  for (const members of lanes.values()) {
    for (const [index, member] of members.entries()) {
      const own = files.filter((_, place) => place % members.length === index)
      assigned.set(member.context.target.id, own)
    }
  }
  return assigned
}
