import type { DamageLog } from './damage.js'
import type { ElfBytes } from './elf-bytes.js'

/** Where an array of headers lies in the file. */
export interface HeaderTable {
  readonly offset: number
  readonly count: number
  readonly entrySize: number
}

/** What follows the identification (gABI, "ELF Header"). */
export interface FileHeader {
  readonly type: number
  readonly flags: number
  readonly programHeaders: HeaderTable
  readonly sectionHeaders: HeaderTable
  /** Index of the section that holds the sections' names. */
  readonly sectionNames: number
}

/** Counts that do not fit 16 bits stand in the first section header (gABI, "ELF Header", e_phnum, e_shnum, e_shstrndx). */
const MANY_SEGMENTS = 0xffff
const MANY_SECTIONS = 0xffff

const NO_TABLE: HeaderTable = { offset: 0, count: 0, entrySize: 0 }

/** Reads the header; without tables, and with damage reported, where the file ends inside it. */
export function readFileHeader(bytes: ElfBytes, damage: DamageLog): FileHeader {
  const wide = bytes.bits === 64
  const size = wide ? 64 : 52
  const fields = bytes.readFields(0, size)
  if (fields.length < size) {
    damage.report(`the file ends inside the ELF header, after ${bytes.size} bytes`)
    const type = fields.length >= 18 ? fields.u16(16) : 0
    return { type, flags: 0, programHeaders: NO_TABLE, sectionHeaders: NO_TABLE, sectionNames: 0 }
  }
  const at = wide ? 32 : 28
  const word = wide ? 8 : 4
  const counts = at + 2 * word + 6
  const sectionOffset = Number(fields.word(at + word))
  let [segmentCount, sectionCount, sectionNames] = [
    fields.u16(counts + 2),
    fields.u16(counts + 6),
    fields.u16(counts + 8),
  ]
  if (
    sectionOffset > 0 &&
    (segmentCount === MANY_SEGMENTS || sectionNames === MANY_SECTIONS || sectionCount === 0)
  ) {
    const first = bytes.readFields(sectionOffset, wide ? 64 : 40)
    if (first.length === (wide ? 64 : 40)) {
      if (segmentCount === MANY_SEGMENTS) segmentCount = first.u32(wide ? 44 : 28)
      if (sectionNames === MANY_SECTIONS) sectionNames = first.u32(wide ? 40 : 24)
      if (sectionCount === 0) sectionCount = Number(first.word(wide ? 32 : 20))
    }
  }
  return {
    type: fields.u16(16),
    flags: fields.u32(at + 2 * word),
    programHeaders: {
      offset: Number(fields.word(at)),
      count: segmentCount,
      entrySize: fields.u16(counts),
    },
    sectionHeaders: { offset: sectionOffset, count: sectionCount, entrySize: fields.u16(counts + 4) },
    sectionNames,
  }
}
