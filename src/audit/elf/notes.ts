import type { DamageLog } from './damage.js'
import { type ElfBytes, viewFields } from './elf-bytes.js'
import type { ElfFacts } from './elf-facts.js'
import type { FileRange } from './segments.js'
import { readX86IsaLevel } from './x86-isa.js'

/** A place that holds notes, with the alignment that it declares. */
export interface NoteRange extends FileRange {
  readonly align: number
}

const NT_GNU_BUILD_ID = 3
const NT_GNU_PROPERTY_TYPE_0 = 5
const NT_GO_BUILD_ID = 4

const MAX_NOTES = 1024
const MAX_NAME_BYTES = 16
const MAX_BUILD_ID_BYTES = 256
const MAX_PROPERTY_BYTES = 4096

const X86_MACHINES = new Set([3, 62])

type NoteFacts = Pick<ElfFacts, 'buildId' | 'x86IsaLevel'>

/**
 * Build id and x86 level from notes (gABI, "Note Section"; notes of segments that are aligned to 8 bytes are padded to 8,
 * as GNU tools do). A Go program without a GNU build id has Go's own in its place, its text in hexadecimal.
 */
export function readNotes(
  bytes: ElfBytes,
  ranges: readonly NoteRange[],
  machine: number,
  damage: DamageLog,
): NoteFacts {
  let buildId: string | undefined
  let goBuildId: string | undefined
  let level = 0
  let left = MAX_NOTES
  for (const range of ranges) {
    const align = range.align === 8 ? 8 : 4
    const end = Math.min(range.offset + range.size, bytes.size)
    if (end < range.offset + range.size) damage.report('its notes reach beyond the end of the file')
    let at = range.offset
    while (at + 12 <= end && left > 0) {
      left -= 1
      const header = bytes.readFields(at, 12)
      if (header.length < 12) break
      const [nameSize, contentSize, type] = [header.u32(0), header.u32(4), header.u32(8)]
      const content = at + alignUp(12 + nameSize, align)
      if (content + contentSize > end) {
        damage.report(`a note, at byte ${at}, reaches beyond its segment`)
        break
      }
      const name = nameSize <= MAX_NAME_BYTES ? bytes.readText(at + 12, nameSize) : undefined
      if (name === 'GNU' && type === NT_GNU_BUILD_ID) buildId ??= readHex(bytes, content, contentSize)
      else if (name === 'Go' && type === NT_GO_BUILD_ID) goBuildId ??= readHex(bytes, content, contentSize)
      else if (name === 'GNU' && type === NT_GNU_PROPERTY_TYPE_0 && X86_MACHINES.has(machine)) {
        const raw = bytes.read(content, Math.min(contentSize, MAX_PROPERTY_BYTES))
        level = Math.max(level, readX86IsaLevel(viewFields(raw, bytes.bits, bytes.littleEndian), bytes.bits))
      }
      at = content + alignUp(contentSize, align)
    }
  }
  return {
    buildId: buildId ?? goBuildId,
    x86IsaLevel: level === 0 ? undefined : (level as 1 | 2 | 3 | 4),
  }
}

function readHex(bytes: ElfBytes, offset: number, size: number): string | undefined {
  if (size === 0 || size > MAX_BUILD_ID_BYTES) return undefined
  return Buffer.from(bytes.read(offset, size)).toString('hex')
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align
}
