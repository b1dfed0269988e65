import type { DamageLog } from './damage.js'
import { readName } from './dynamic.js'
import type { ElfBytes, Fields } from './elf-bytes.js'
import type { FileRange } from './segments.js'

const VER_FLG_BASE = 1
const VER_FLG_WEAK = 2
const MAX_LIBRARIES = 4096
const MAX_VERSIONS = 65_536

/** What reading one chain needs; `left` counts down the records that may still be read. */
interface Chain {
  readonly bytes: ElfBytes
  readonly strings: FileRange
  readonly damage: DamageLog
  left: number
}

/**
 * Versions that are needed, by library, in the file's order and without weak ones (LSB, "Symbol Version Requirements").
 * Chains only go forward, so that none can loop.
 */
export function readVersionNeeds(
  bytes: ElfBytes,
  offset: number,
  strings: FileRange,
  damage: DamageLog,
): Readonly<Record<string, readonly string[]>> | undefined {
  const needs = new Map<string, Set<string>>()
  const chain: Chain = { bytes, strings, damage, left: MAX_VERSIONS }
  followChain(chain, offset, { size: 16, next: 12, limit: MAX_LIBRARIES }, (need, at) => {
    const library = readName(bytes, strings, need.u32(4), damage)
    if (library === undefined) return
    const versions = needs.get(library) ?? new Set()
    followChain(chain, at + need.u32(8), { size: 16, next: 12, limit: need.u16(2) }, version => {
      if ((version.u16(4) & VER_FLG_WEAK) !== 0) return
      const name = readName(bytes, strings, version.u32(8), damage)
      if (name !== undefined) versions.add(name)
    })
    if (versions.size > 0) needs.set(library, versions)
  })
  if (needs.size === 0) return undefined
  // Names come from the file: an object without a prototype takes `__proto__` like any other.
  const record: Record<string, readonly string[]> = Object.create(null)
  for (const [library, versions] of needs) record[library] = [...versions]
  return record
}

/** Versions that are defined, without the base one, which is the library's own name (LSB, "Version Definitions"). */
export function readVersionDefinitions(
  bytes: ElfBytes,
  offset: number,
  strings: FileRange,
  damage: DamageLog,
): readonly string[] | undefined {
  const names = new Set<string>()
  const chain: Chain = { bytes, strings, damage, left: MAX_VERSIONS }
  followChain(chain, offset, { size: 20, next: 16, limit: MAX_VERSIONS }, (definition, at) => {
    if ((definition.u16(2) & VER_FLG_BASE) !== 0) return
    // The first name is the version's own; others are those that it inherits from.
    const auxiliary = bytes.readFields(at + definition.u32(12), 8)
    if (auxiliary.length < 8) {
      damage.report('its version definitions reach beyond the end of the file')
      return
    }
    const name = readName(bytes, strings, auxiliary.u32(0), damage)
    if (name !== undefined) names.add(name)
  })
  return names.size > 0 ? [...names] : undefined
}

function followChain(
  chain: Chain,
  start: number,
  shape: { readonly size: number; readonly next: number; readonly limit: number },
  visit: (record: Fields, at: number) => void,
): void {
  const { bytes, damage } = chain
  let at = start
  for (let count = 0; count < shape.limit; count += 1) {
    if (chain.left <= 0) {
      damage.report(`it has more than ${MAX_VERSIONS} versions`)
      return
    }
    chain.left -= 1
    const record = bytes.readFields(at, shape.size)
    if (record.length < shape.size) {
      damage.report(`its version tables, at byte ${start}, reach beyond the end of the file`)
      return
    }
    visit(record, at)
    const next = record.u32(shape.next)
    if (next === 0) return
    at += next
  }
}
