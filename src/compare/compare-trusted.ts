import type { Target } from '../model/target.js'
import { compareCheck } from './compare-check.js'
import type { CompareWorld } from './compare-world.js'
import type { CheckComparison, Difference, MaskNote } from './comparison.js'
import type { CheckRecord } from './run-record.js'

/**
 * Compares a check. What a target saw after its host's last answer may be the loss: it counts where it agrees with the
 * others, and where it alone differs it is left out, with a note.
 */
export function compareTrusted(
  record: CheckRecord,
  world: CompareWorld,
  isDoubted: (target: Target) => boolean,
): CheckComparison {
  const doubted = new Set(world.targets.filter(isDoubted).map(target => target.id))
  if (doubted.size === 0) return compareCheck(record, world)
  const fired = new Map<string, number>()
  const all = compareCheck(record, { ...world, fired })
  const alone = (difference: Difference) =>
    difference.classes.flatMap(one => (one.targets.every(id => doubted.has(id)) ? one.targets : []))
  const left = new Set(all.differences.flatMap(alone))
  if (left.size === 0) {
    for (const [name, lines] of fired) world.fired.set(name, (world.fired.get(name) ?? 0) + lines)
    return all
  }
  const results = new Map([...record.results].filter(([id]) => !left.has(id)))
  const rest = compareCheck({ ...record, results }, world)
  const notes = all.differences
    .filter(difference => alone(difference).length > 0)
    .map(({ kind, label, field, classes }): MaskNote => {
      const what = classes.flatMap(one => one.targets).filter(id => left.has(id))
      return { kind, label, field, reason: 'host-lost', what }
    })
  return { ...rest, statuses: all.statuses, masks: [...rest.masks, ...notes] }
}
