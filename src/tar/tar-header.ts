import { decodeBytes } from './decode-bytes.js'

/** Bytes of a tar block. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: string
  /** Bytes of what follows. */
  readonly size: number
  /** `typeflag` of POSIX ustar: `0` file, `5` directory, `1` and `2` links, `x`, `g` and `L` tell of others. */
  readonly type: string
  /** Target of a link. */
  readonly link: string
  /** Permission bits; 0, as owner and group, where the field is no number. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** The block that ends an archive: nothing but zeros. */
export function isEndBlock(block: Buffer): boolean {
  for (let at = 0; at < BLOCK; at += 1) if (block[at] !== 0) return false
  return true
}

/**
 * Reads one header block (POSIX.1-2017, pax, "ustar Interchange Format", with GNU's binary numbers and star's shorter
 * prefix). Gives `end` for a block of zeros, and undefined for what is no header: its checksum does not fit, or its
 * size is no number.
 */
export function readTarHeader(block: Buffer): TarHeader | 'end' | undefined {
  if (block[0] === 0 && isEndBlock(block)) return 'end'
  if (!hasChecksum(block)) return undefined
  const size = readTarNumber(block, 124, 12)
  if (size === undefined) return undefined
  const flag = String.fromCharCode(block[156] ?? 0)
  const name = readText(block, 0, 100)
  const prefix = readPrefix(block)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    // Archives from before POSIX tell a directory by the slash alone, as Go's archive/tar reads them.
    type: flag === '\0' ? (name.endsWith('/') ? '5' : '0') : flag === '7' ? '0' : flag,
    link: readText(block, 157, 100),
    mode: (readTarNumber(block, 100, 8) ?? 0) & 0o7777,
    uid: readTarNumber(block, 108, 8) ?? 0,
    gid: readTarNumber(block, 116, 8) ?? 0,
  }
}

/**
 * The records of a pax header, `length key=value\n` each, the last of a key; undefined where they are malformed. GNU's
 * sparse format 0.0 repeats two keys for each extent: they become the one list of format 0.1.
 */
export function readPaxRecords(bytes: Buffer): Map<string, Buffer> | undefined {
  const records = new Map<string, Buffer>()
  const extents: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    // Looking for the space further on would cost quadratic time in a header without any.
    const space = bytes.subarray(at, at + 8).indexOf(0x20)
    const digits = space < 0 ? '' : bytes.toString('latin1', at, at + space)
    const length = /^\d{1,7}$/.test(digits) ? Number(digits) : 0
    const end = at + length
    if (length <= space + 1 || end > bytes.length || bytes[end - 1] !== 0x0a) return undefined
    const record = bytes.subarray(at + space + 1, end - 1)
    const equals = record.indexOf(0x3d)
    if (equals < 1) return undefined
    const key = decodeBytes(record, 0, equals)
    const value = record.subarray(equals + 1)
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') extents.push(value, COMMA)
    else records.set(key, value)
    at = end
  }
  if (extents.length > 0) records.set('GNU.sparse.map', Buffer.concat(extents.slice(0, -1)))
  return records
}

const COMMA = Buffer.from(',')

/** Text up to the first NUL; names that are no UTF-8 stay distinct. */
export function readText(bytes: Buffer, start = 0, length = bytes.length - start): string {
  const limit = start + length
  const end = bytes.indexOf(0, start)
  return decodeBytes(bytes, start, end < 0 || end > limit ? limit : end)
}

/** Octal digits, or with the first bit set a big-endian number; undefined where it is neither, negative or too large. */
export function readTarNumber(block: Buffer, start: number, length: number): number | undefined {
  const first = block[start] ?? 0
  const end = start + length
  let value = 0
  if ((first & 0x80) !== 0) {
    value = first & 0x7f
    for (let at = start + 1; at < end; at += 1) value = value * 256 + (block[at] ?? 0)
    return Number.isSafeInteger(value) ? value : undefined
  }
  let at = start
  while (at < end && block[at] === 0x20) at += 1
  for (; at < end; at += 1) {
    const digit = (block[at] ?? 0) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  while (at < end && block[at] === 0x20) at += 1
  return at === end || block[at] === 0 ? value : undefined
}

/** The checksum counts its own field as spaces; some writers summed signed bytes. */
function hasChecksum(block: Buffer): boolean {
  const expected = readTarNumber(block, 148, 8)
  let sum = 8 * 0x20
  let high = 0
  for (let at = 0; at < BLOCK; at += 1) {
    if (at === 148) at = 156
    const byte = block[at] ?? 0
    sum += byte
    high += byte >> 7
  }
  return expected === sum || expected === sum - 256 * high
}

function readPrefix(block: Buffer): string {
  if (block[345] === 0 || block.toString('latin1', 257, 263) !== 'ustar\0') return ''
  const isStar = block.toString('latin1', 508, 512) === 'tar\0'
  return readText(block, 345, isStar ? 131 : 155)
}
