import type { Comparison } from '../compare/comparison.js'
import type { RunRecord } from '../compare/run-record.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** What every attribution rule looks at. */
export interface World {
  readonly record: RunRecord
  readonly comparison: Comparison
  /** Whether a guard finding already explains a check's fault on a target. */
  readonly isExplained: (check: string, target: string) => boolean
}

/** A target by its id; undefined for an id that no event planned. */
export function findTarget(record: RunRecord, id: string): Target | undefined {
  return record.targets.find(target => target.id === id)
}

/** A good target to show a bad one against: the reference, else a native one, else any. */
export function chooseHealthy(record: RunRecord, ids: Iterable<string>): Target | undefined {
  const wanted = new Set(ids)
  const targets = record.targets.filter(target => wanted.has(target.id))
  return (
    targets.find(target => target.reference) ??
    targets.find(target => target.execution === 'native') ??
    targets[0]
  )
}

/** Formatted platforms of targets, each once, in order. */
export function platformsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(target => formatPlatform(target.platform)))]
}

/** `qemu-aarch64 7.2.22` or `its emulator`. */
export function nameEmulator(target: Target): string {
  if (target.emulator === undefined) return 'its emulator'
  return target.emulator.version === undefined
    ? target.emulator.name
    : `${target.emulator.name} ${target.emulator.version}`
}
