import type { Probe } from './probe.js'
import { text } from './text.js'

/** Every probe. A path belongs to the first that matches it. */
export const PROBES: readonly Probe[] = [text]

/** The probe for a path (relative to the root), if any. Asked for every file of every layer. */
export function findProbe(path: string): Probe | undefined {
  for (const probe of PROBES) if (probe.matches(path)) return probe
  return undefined
}
