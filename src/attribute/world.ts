import type { Comparison } from '../compare/comparison.js'
import type { RunRecord } from '../compare/run-record.js'
import { findSiblings } from '../compare/siblings.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { isLeg } from './table.js'

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

/**
 * A good target to show a bad one against: of the bad one's own platform, else the reference or the sibling in its
 * place, else a native one, else any. Legs of a CPU model come last.
 */
export function chooseHealthy(record: RunRecord, ids: Iterable<string>, bad?: Target): Target | undefined {
  const wanted = new Set(ids)
  const targets = record.targets.filter(target => wanted.has(target.id))
  const main = targets.filter(target => !isLeg(target))
  const platform = bad === undefined ? undefined : formatPlatform(bad.platform)
  const own = main.filter(target => formatPlatform(target.platform) === platform)
  const twin = bad !== undefined && isLeg(bad) ? own.find(one => one.execution === bad.execution) : undefined
  const { reference } = record
  const measures = reference === undefined ? [] : [reference, ...findSiblings(reference, record.targets)]
  return (
    twin ??
    own.find(target => target.execution === 'native') ??
    own[0] ??
    measures.find(target => main.includes(target)) ??
    main.find(target => target.execution === 'native') ??
    main[0] ??
    targets[0]
  )
}

/** Formatted platforms of targets, each once, in order. */
export function platformsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(target => formatPlatform(target.platform)))]
}

/** `qemu-aarch64 7.2.22` or `its emulator`; without the CPU model. */
export function nameEmulator(target: Target): string {
  if (target.emulator === undefined) return 'its emulator'
  return target.emulator.version === undefined
    ? target.emulator.name
    : `${target.emulator.name} ${target.emulator.version}`
}

/** `a`, `a and b`, `a, b and c`. */
export function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** The targets of some ids, in the record's order. */
export function selectTargets(targets: readonly Target[], ids: Iterable<string>): Target[] {
  const wanted = new Set(ids)
  return targets.filter(target => wanted.has(target.id))
}
