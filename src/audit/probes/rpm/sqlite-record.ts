/** A column's value; whatever is neither text, number nor blob is undefined here. */
type Value = Buffer | string | number | undefined

/** Few columns are needed; a record with more than these is read no further. */
const MAX_COLUMNS = 16
const MAX_TEXT_BYTES = 64 * 1024

/** A variable-length integer ("Database File Format", 1.6) and where the next byte is. Undefined past the end. */
export function readVarint(bytes: Buffer, at: number): { value: number; next: number } | undefined {
  let value = 0
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index]
    if (byte === undefined) return undefined
    if (index === 8) return { value: value * 256 + byte, next: at + 9 }
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, next: at + index + 1 }
  }
  return undefined
}

/** The first columns of a record ("Record Format"); undefined where its header does not fit. Blobs share its memory. */
export function parseRecord(record: Buffer): Value[] | undefined {
  const header = readVarint(record, 0)
  if (header === undefined || header.value > record.length) return undefined
  const values: Value[] = []
  let body = header.value
  for (let at = header.next; at < header.value && values.length < MAX_COLUMNS; ) {
    const type = readVarint(record, at)
    if (type === undefined) return undefined
    at = type.next
    const bytes = countBytes(type.value)
    if (body + bytes > record.length) return undefined
    values.push(readValue(record.subarray(body, body + bytes), type.value))
    body += bytes
  }
  return values
}

function countBytes(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2)
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type] ?? 0
}

function readValue(bytes: Buffer, type: number): Value {
  if (type >= 12)
    return type % 2 === 0 ? bytes : bytes.length > MAX_TEXT_BYTES ? undefined : bytes.toString('utf8')
  if (type >= 1 && type <= 5) return bytes.readIntBE(0, bytes.length)
  return type === 8 ? 0 : type === 9 ? 1 : undefined
}
