import type { Settings } from '../config/schema.js'
import type { Target } from '../model/target.js'

/** One that is measured to be slower than this is not waited for in proportion. */
const MOST = 100

/**
 * By what a target's time limits are multiplied: a slow target gets as much more time as it was measured to need, or as
 * the setting says; a faster one no less. Limits are meant for the reference.
 */
export function chooseTimeScale(
  { reference, slowdown = 1 }: Pick<Target, 'reference' | 'slowdown'>,
  setting: Settings['timeoutScale'],
): number {
  if (reference) return 1
  return setting === 'measured' ? Math.max(1, Math.min(MOST, slowdown)) : setting
}
