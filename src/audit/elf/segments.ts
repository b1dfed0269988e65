import type { DamageLog } from './damage.js'
import { type ElfBytes, viewFields } from './elf-bytes.js'
import type { HeaderTable } from './file-header.js'

/** A program header (gABI, "Program Header"). */
export interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: bigint
  readonly fileSize: number
  readonly memorySize: bigint
  readonly align: bigint
}

/** A piece of the file. */
export interface FileRange {
  readonly offset: number
  readonly size: number
}

export const PT_LOAD = 1
export const PT_DYNAMIC = 2
export const PT_INTERP = 3
export const PT_NOTE = 4
export const PT_GNU_STACK = 0x6474e551
export const PT_GNU_PROPERTY = 0x6474e553

export const PF_X = 1
export const PF_W = 2

/** The kernel takes no more than 64 KiB of them (`load_elf_phdrs` in fs/binfmt_elf.c). */
const MAX_TABLE_BYTES = 64 * 1024

/** Reads the program headers, as many as there are. */
export function readSegments(bytes: ElfBytes, table: HeaderTable, damage: DamageLog): Segment[] {
  if (table.count === 0) return []
  const wide = bytes.bits === 64
  const entrySize = wide ? 56 : 32
  if (table.entrySize !== entrySize) {
    damage.report(`its program headers are said to have ${table.entrySize} bytes each, not ${entrySize}`)
    return []
  }
  const wanted = table.count * entrySize
  const raw = bytes.read(table.offset, Math.min(wanted, MAX_TABLE_BYTES))
  if (raw.length < wanted)
    damage.report(
      raw.length < MAX_TABLE_BYTES - entrySize
        ? `its ${table.count} program headers, at byte ${table.offset}, reach beyond the end of the file`
        : `it claims ${table.count} program headers`,
    )
  const fields = viewFields(raw, bytes.bits, bytes.littleEndian)
  const segments: Segment[] = []
  for (let at = 0; at + entrySize <= raw.length; at += entrySize)
    segments.push({
      type: fields.u32(at),
      flags: fields.u32(at + (wide ? 4 : 24)),
      offset: Number(fields.word(at + (wide ? 8 : 4))),
      address: fields.word(at + (wide ? 16 : 8)),
      fileSize: Number(fields.word(at + (wide ? 32 : 16))),
      memorySize: fields.word(at + (wide ? 40 : 20)),
      align: fields.word(at + (wide ? 48 : 28)),
    })
  return segments
}

/** Reports the first loaded segment that the file is too short for. */
export function checkSegments(segments: readonly Segment[], size: number, damage: DamageLog): void {
  segments.forEach((segment, index) => {
    const end = segment.offset + segment.fileSize
    if (segment.type === PT_LOAD && segment.fileSize > 0 && end > size)
      damage.report(`its segment ${index} ends at byte ${end}, and the file has ${size}`)
  })
}

/** Where the file holds what is loaded at the address, and how many bytes are left there in its segment. */
export function findAddress(segments: readonly Segment[], address: bigint): FileRange | undefined {
  for (const segment of segments) {
    if (segment.type !== PT_LOAD || address < segment.address) continue
    const distance = address - segment.address
    if (distance < BigInt(segment.fileSize))
      return { offset: segment.offset + Number(distance), size: segment.fileSize - Number(distance) }
  }
  return undefined
}
