import type { ByteSource } from '../byte-source.js'

/** A file in a zip archive, as its central directory tells (APPNOTE.TXT 4.3.12). */
export interface ZipEntry {
  readonly path: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly encrypted: boolean
  readonly compressedSize: number
  readonly size: number
  /** Of its local header, from the beginning of the source. */
  readonly offset: number
}

/** How many entries may still be looked at; shared by an archive and those inside it. */
export interface EntryBudget {
  left: number
}

const LOCAL_HEADER = 0x04034b50
const ENTRY = 0x02014b50
const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const ENTRY_BYTES = 46
const END_BYTES = 22
const LOCATOR_BYTES = 20
const END_64_BYTES = 56
const MAX_COMMENT = 0xffff
const MAX_16 = 0xffff
const MAX_32 = 0xffffffff
/** Name, extra fields and comment of an entry are at most 64 KiB each. */
const MAX_ENTRY_BYTES = ENTRY_BYTES + 3 * MAX_16
const WINDOW = 1024 * 1024
const MAX_NAME_BYTES = 4096

/** The central directory, found from the end of the archive. */
interface Directory {
  readonly offset: number
  readonly end: number
  /** What stands in front of the archive (a start script), which its own offsets do not count. */
  readonly shift: number
}

/** Whether the bytes begin as an archive does that holds something. */
export function looksLikeZip(source: ByteSource): boolean {
  const start = source.read(0, 4)
  return start.length === 4 && view(start).getUint32(0, true) === LOCAL_HEADER
}

/**
 * Gives the entries whose path `accepts` one after the other, and keeps none of the rest. A sentence that it returns
 * says why the directory could not be read to its end.
 */
export function* walkZip(
  source: ByteSource,
  accepts: (path: string) => boolean,
  budget: EntryBudget,
): Generator<ZipEntry, string | undefined> {
  const directory = findDirectory(source)
  if (directory === undefined) return 'has no zip directory: it is cut off or damaged'
  let start = directory.offset
  let window: Uint8Array = new Uint8Array(0)
  let at = start
  while (at + ENTRY_BYTES <= directory.end) {
    if (at - start + MAX_ENTRY_BYTES > window.length && start + window.length < directory.end) {
      start = at
      // A copy: members are read between two entries, and a source may give the same memory again.
      window = new Uint8Array(source.read(start, Math.min(WINDOW, directory.end - start)))
    }
    const bytes = window.subarray(at - start)
    if (bytes.length < ENTRY_BYTES) return 'has a zip directory that reaches beyond the end of the file'
    const fields = view(bytes)
    if (fields.getUint32(0, true) !== ENTRY) return `has no entry at byte ${at} of its zip directory`
    if (budget.left <= 0) return 'holds too many files; the rest was not read'
    budget.left -= 1
    const nameEnd = ENTRY_BYTES + fields.getUint16(28, true)
    const extraEnd = nameEnd + fields.getUint16(30, true)
    const length = extraEnd + fields.getUint16(32, true)
    if (length > bytes.length) return 'has a zip directory that reaches beyond the end of the file'
    const path = Buffer.from(bytes.subarray(ENTRY_BYTES, Math.min(nameEnd, ENTRY_BYTES + MAX_NAME_BYTES)))
    const name = path.toString('utf8')
    if (accepts(name)) yield parseEntry(name, fields, bytes.subarray(nameEnd, extraEnd), directory.shift)
    at += length
  }
  return undefined
}

/** Where the entry's bytes begin; undefined where no local header is at its place. */
export function findContent(source: ByteSource, entry: ZipEntry): number | undefined {
  const header = source.read(entry.offset, 30)
  if (header.length < 30) return undefined
  const fields = view(header)
  if (fields.getUint32(0, true) !== LOCAL_HEADER) return undefined
  return entry.offset + 30 + fields.getUint16(26, true) + fields.getUint16(28, true)
}

function findDirectory(source: ByteSource): Directory | undefined {
  const tailStart = Math.max(0, source.size - END_BYTES - MAX_COMMENT - LOCATOR_BYTES)
  // A copy: another record is read while this one is looked at.
  const tail = new Uint8Array(source.read(tailStart, source.size - tailStart))
  if (tail.length < END_BYTES) return undefined
  const fields = view(tail)
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (fields.getUint32(at, true) !== END) continue
    // A comment may hold the signature: the true record's comment ends with the file.
    if (at + END_BYTES + fields.getUint16(at + 20, true) > tail.length) continue
    const wide = at >= LOCATOR_BYTES && fields.getUint32(at - LOCATOR_BYTES, true) === LOCATOR_64
    return (
      (wide ? findDirectory64(source, tailStart, fields, at - LOCATOR_BYTES) : undefined) ??
      place(tailStart + at, fields.getUint32(at + 12, true), fields.getUint32(at + 16, true))
    )
  }
  return undefined
}

/** By the locator at `at` of the tail, which begins at `tailStart`. */
function findDirectory64(
  source: ByteSource,
  tailStart: number,
  tail: DataView,
  at: number,
): Directory | undefined {
  // Where something stands in front of the archive, the record is not at its offset but right before its locator.
  for (const end of [Number(tail.getBigUint64(at + 8, true)), tailStart + at - END_64_BYTES]) {
    const record = end < 0 ? new Uint8Array(0) : source.read(end, END_64_BYTES)
    if (record.length < END_64_BYTES) continue
    const fields = view(record)
    if (fields.getUint32(0, true) === END_64)
      return place(end, Number(fields.getBigUint64(40, true)), Number(fields.getBigUint64(48, true)))
  }
  return undefined
}

/** The directory lies right before its end record, wherever its offset says it is. */
function place(end: number, size: number, offset: number): Directory | undefined {
  const shift = end - size - offset
  return shift < 0 || !Number.isSafeInteger(shift) ? undefined : { offset: end - size, end, shift }
}

function parseEntry(path: string, fields: DataView, extra: Uint8Array, shift: number): ZipEntry {
  const sizes = [fields.getUint32(24, true), fields.getUint32(20, true), fields.getUint32(42, true)]
  const [size = 0, compressedSize = 0, offset = 0] = widen(sizes, extra)
  return {
    path,
    method: fields.getUint16(10, true),
    encrypted: (fields.getUint16(8, true) & 1) !== 0,
    size,
    compressedSize,
    offset: offset + shift,
  }
}

/** Values that do not fit 32 bits stand in the extra field 1, in this order (APPNOTE.TXT 4.5.3). */
function widen(values: readonly number[], extra: Uint8Array): readonly number[] {
  const fields = view(extra)
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + fields.getUint16(at + 2, true)
    if (fields.getUint16(at, true) === 1) {
      let next = at + 4
      return values.map(value => {
        if (value !== MAX_32 || next + 8 > Math.min(end, extra.length)) return value
        next += 8
        return Number(fields.getBigUint64(next - 8, true))
      })
    }
    at = end
  }
  return values
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
