import type { DamageLog } from './damage.js'
import { type ElfBytes, viewFields } from './elf-bytes.js'
import type { FileHeader } from './file-header.js'
import type { FileRange } from './segments.js'

/** A section that holds what a reader wants (gABI, "Section Header"). */
export interface Section extends FileRange {
  readonly type: number
  readonly address: bigint
  readonly align: number
  /** `sh_link`: for a dynamic section or a version table, the section of its strings. */
  readonly link: number
}

/** The few sections that facts come from. */
export interface Sections {
  readonly notes: readonly Section[]
  readonly dynamic?: Section
  readonly versionNeeds?: Section
  readonly versionDefinitions?: Section
  readonly armAttributes?: Section
  readonly goBuildInfo?: Section
  /** Whether every header was read: only then has the file no section of a name that was not found. */
  readonly complete: boolean
}

const SHT_PROGBITS = 1
const SHT_DYNAMIC = 6
const SHT_NOTE = 7
const SHT_ARM_ATTRIBUTES = 0x70000003
const SHT_GNU_VERDEF = 0x6ffffffd
const SHT_GNU_VERNEED = 0x6ffffffe
const SHF_ALLOC = 2n
const EM_ARM = 40
const GO_BUILD_INFO = Buffer.from('.go.buildinfo\0')

const MAX_SECTIONS = 65_536
const MAX_NOTES = 64
/** Headers that are read at once. */
const CHUNK = 1024

const KINDS: Readonly<Record<number, 'dynamic' | 'versionNeeds' | 'versionDefinitions'>> = {
  [SHT_DYNAMIC]: 'dynamic',
  [SHT_GNU_VERNEED]: 'versionNeeds',
  [SHT_GNU_VERDEF]: 'versionDefinitions',
}

type Found = { -readonly [Key in keyof Sections]: Sections[Key] } & { notes: Section[] }

/** Goes through the section headers once, without keeping them. */
export function findSections(
  bytes: ElfBytes,
  header: FileHeader,
  machine: number,
  damage: DamageLog,
): Sections {
  const found: Found = { notes: [], complete: false }
  const { offset, count, entrySize } = header.sectionHeaders
  if (offset === 0 || count === 0) return found
  const size = bytes.bits === 64 ? 64 : 40
  if (entrySize !== size) {
    damage.report(`its section headers are said to have ${entrySize} bytes each, not ${size}`)
    return found
  }
  if (offset + count * size > bytes.size)
    damage.report(`its ${count} section headers, at byte ${offset}, reach beyond the end of the file`)
  else if (count > MAX_SECTIONS) damage.report(`it claims ${count} sections`)
  else found.complete = true
  const names = readSection(bytes, header, header.sectionNames)
  const end = Math.min(count, MAX_SECTIONS)
  for (let index = 0; index < end; index += CHUNK) {
    const take = Math.min(CHUNK, end - index)
    const raw = bytes.read(offset + index * size, take * size)
    for (let at = 0; at + size <= raw.length; at += size)
      sortIn(found, raw.subarray(at, at + size), { bytes, machine, names })
    if (raw.length < take * size) break
  }
  return found
}

/** The section of that number; undefined where there is none. */
export function readSection(bytes: ElfBytes, header: FileHeader, index: number): Section | undefined {
  const size = bytes.bits === 64 ? 64 : 40
  const table = header.sectionHeaders
  if (index <= 0 || index >= table.count || table.entrySize !== size) return undefined
  const raw = bytes.read(table.offset + index * size, size)
  return raw.length < size ? undefined : parseSection(bytes, raw)
}

function parseSection(bytes: ElfBytes, raw: Uint8Array): Section {
  const fields = viewFields(raw, bytes.bits, bytes.littleEndian)
  const wide = bytes.bits === 64
  return {
    type: fields.u32(4),
    address: fields.word(wide ? 16 : 12),
    offset: Number(fields.word(wide ? 24 : 16)),
    size: Number(fields.word(wide ? 32 : 20)),
    link: fields.u32(wide ? 40 : 24),
    align: Number(fields.word(wide ? 48 : 32)),
  }
}

function sortIn(
  found: Found,
  raw: Uint8Array,
  context: { bytes: ElfBytes; machine: number; names: Section | undefined },
): void {
  const { bytes, machine, names } = context
  const fields = viewFields(raw, bytes.bits, bytes.littleEndian)
  const type = fields.u32(4)
  const kind = KINDS[type]
  if (kind !== undefined) found[kind] ??= parseSection(bytes, raw)
  else if (type === SHT_NOTE && found.notes.length < MAX_NOTES) found.notes.push(parseSection(bytes, raw))
  else if (type === SHT_ARM_ATTRIBUTES && machine === EM_ARM) found.armAttributes ??= parseSection(bytes, raw)
  else if (type === SHT_PROGBITS && names !== undefined && (fields.word(8) & SHF_ALLOC) !== 0n) {
    if (GO_BUILD_INFO.equals(bytes.read(names.offset + fields.u32(0), GO_BUILD_INFO.length)))
      found.goBuildInfo ??= parseSection(bytes, raw)
  }
}
