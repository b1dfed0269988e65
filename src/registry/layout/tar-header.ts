/** Bytes of a tar block. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: string
  /** Bytes of what follows. */
  readonly size: number
  /** `typeflag` of POSIX ustar: `0` file, `5` directory, `1` and `2` links, `x`, `g` and `L` tell of others. */
  readonly type: string
}

/**
 * Reads one header block (POSIX.1-2017, pax, "ustar Interchange Format", with GNU's binary numbers). Gives `end` for a
 * block of zeros, and undefined for what is no header: its checksum does not fit, or its size is no number.
 */
export function readTarHeader(block: Buffer): TarHeader | 'end' | undefined {
  if (block.every(byte => byte === 0)) return 'end'
  if (readNumber(block.subarray(148, 156)) !== sumBytes(block)) return undefined
  const size = readNumber(block.subarray(124, 136))
  if (size === undefined) return undefined
  const magic = block.toString('latin1', 257, 263)
  const prefix = magic === 'ustar\0' ? readText(block.subarray(345, 500)) : ''
  const name = readText(block.subarray(0, 100))
  const flag = String.fromCharCode(block[156] ?? 0)
  return { name: prefix ? `${prefix}/${name}` : name, size, type: flag === '\0' || flag === '7' ? '0' : flag }
}

/** The records of a pax header, `length key=value\n` each; undefined where they are malformed. */
export function readPaxRecords(bytes: Buffer): Map<string, string> | undefined {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space)
    const length = /^\d{1,7}$/.test(digits) ? Number(digits) : 0
    const record = bytes.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (
      length <= digits.length + 1 ||
      at + length > bytes.length ||
      bytes[at + length - 1] !== 0x0a ||
      equals < 1
    ) {
      return undefined
    }
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

/** Text up to the first NUL. */
export function readText(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}

/** Octal digits, or with the first bit set a big-endian number; undefined where it is neither or too large. */
function readNumber(field: Buffer): number | undefined {
  if (((field[0] ?? 0) & 0x80) === 0) {
    const text = readText(field).trim()
    return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined
  }
  let value = (field[0] ?? 0) & 0x7f
  for (const byte of field.subarray(1)) value = value * 256 + byte
  return Number.isSafeInteger(value) ? value : undefined
}

/** The checksum counts its own field as spaces. */
function sumBytes(block: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0
  return sum
}
