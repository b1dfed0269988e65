import type { DamageLog } from './damage.js'
import { type ElfBytes, viewFields } from './elf-bytes.js'
import type { ElfFacts } from './elf-facts.js'
import { type FileRange, findAddress, PT_DYNAMIC, type Segment } from './segments.js'

/** A dynamic section's entries, by the tags that facts come from (gABI, "Dynamic Section"). */
export interface DynamicTable {
  readonly needed: readonly bigint[]
  /** The last value of each other tag counts, as for the loader. */
  readonly values: ReadonlyMap<number, bigint>
  /** Where names are; absent where the file has none or it cannot be found. */
  readonly strings?: FileRange
}

type DynamicFacts = Pick<ElfFacts, 'soname' | 'needed' | 'rpath' | 'runpath' | 'noDefaultLib'>

const DT_NULL = 0n
const DT_NEEDED = 1n
const DT_STRTAB = 5
const DT_STRSZ = 10
const DT_SONAME = 14
const DT_RPATH = 15
const DT_RUNPATH = 29
const DT_FLAGS_1 = 0x6ffffffb
export const DT_VERDEF = 0x6ffffffc
export const DT_VERNEED = 0x6ffffffe

const DF_1_NODEFLIB = 0x800n
const DF_1_PIE = 0x08000000n

const MAX_DYNAMIC_BYTES = 1024 * 1024
const MAX_NEEDED = 4096
const MAX_NAME_BYTES = 4096
/** Some package managers write one folder for each dependency. */
const MAX_PATHS_BYTES = 64 * 1024

/**
 * Where the dynamic section is. The loader goes by its address; the segment's own offset serves a file in which nothing
 * is loaded there.
 */
export function locateDynamic(segments: readonly Segment[]): FileRange | undefined {
  const segment = segments.find(({ type, fileSize }) => type === PT_DYNAMIC && fileSize > 0)
  if (segment === undefined) return undefined
  const loaded = findAddress(segments, segment.address)
  return { offset: loaded?.offset ?? segment.offset, size: segment.fileSize }
}

/** Reads the entries up to DT_NULL; `strings` is for files whose string table has no address. */
export function readDynamic(
  bytes: ElfBytes,
  place: FileRange,
  findStrings: (address: bigint) => FileRange | undefined,
  damage: DamageLog,
): DynamicTable {
  const size = bytes.bits === 64 ? 16 : 8
  const raw = bytes.read(place.offset, Math.min(place.size, MAX_DYNAMIC_BYTES))
  if (raw.length < place.size)
    damage.report(
      place.size > MAX_DYNAMIC_BYTES
        ? `its dynamic section claims ${place.size} bytes`
        : `its dynamic section, at byte ${place.offset}, reaches beyond the end of the file`,
    )
  const fields = viewFields(raw, bytes.bits, bytes.littleEndian)
  const needed: bigint[] = []
  const values = new Map<number, bigint>()
  for (let at = 0; at + size <= raw.length; at += size) {
    const tag = fields.word(at)
    const value = fields.word(at + size / 2)
    if (tag === DT_NULL) break
    if (tag !== DT_NEEDED) values.set(Number(tag), value)
    else if (needed.length < MAX_NEEDED) needed.push(value)
    else damage.report(`it needs more than ${MAX_NEEDED} libraries`)
  }
  const address = values.get(DT_STRTAB)
  const strings = address === undefined ? undefined : findStrings(address)
  if (address !== undefined && strings === undefined)
    damage.report(`its string table, at address 0x${address.toString(16)}, is in no part of the file`)
  const claimed = Number(values.get(DT_STRSZ) ?? 0n)
  return {
    needed,
    values,
    ...(strings ? { strings: { offset: strings.offset, size: Math.min(strings.size, claimed) } } : {}),
  }
}

/** A name of the string table; undefined, with damage reported, where it has none there. */
export function readName(
  bytes: ElfBytes,
  strings: FileRange | undefined,
  at: number,
  damage: DamageLog,
  limit = MAX_NAME_BYTES,
): string | undefined {
  const room = strings === undefined ? 0 : strings.size - at
  const text =
    strings === undefined || room <= 0
      ? undefined
      : bytes.readText(strings.offset + at, Math.min(room, limit))
  if (text === undefined)
    damage.report(`a name of its dynamic section, at byte ${at} of the string table, cannot be read`)
  return text
}

/** Names and flags of the dynamic section. */
export function readDynamicFacts(bytes: ElfBytes, table: DynamicTable, damage: DamageLog): DynamicFacts {
  const readTag = (tag: number, limit?: number): string | undefined => {
    const value = table.values.get(tag)
    return value === undefined ? undefined : readName(bytes, table.strings, Number(value), damage, limit)
  }
  const needed = table.needed
    .map(value => readName(bytes, table.strings, Number(value), damage))
    .filter(name => name !== undefined)
  const flags = table.values.get(DT_FLAGS_1) ?? 0n
  return {
    soname: readTag(DT_SONAME),
    needed: needed.length > 0 ? needed : undefined,
    rpath: readTag(DT_RPATH, MAX_PATHS_BYTES)?.split(':'),
    runpath: readTag(DT_RUNPATH, MAX_PATHS_BYTES)?.split(':'),
    noDefaultLib: (flags & DF_1_NODEFLIB) !== 0n ? true : undefined,
  }
}

/** Whether the linker marked it as a program that can be loaded anywhere. */
export function isMarkedPie(table: DynamicTable): boolean {
  return ((table.values.get(DT_FLAGS_1) ?? 0n) & DF_1_PIE) !== 0n
}
