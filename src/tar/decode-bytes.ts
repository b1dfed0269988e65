import { isUtf8 } from 'node:buffer'

/**
 * Decodes a name that may be any bytes. Where they are no UTF-8, each byte that does not fit becomes a lone surrogate
 * (U+DC80 to U+DCFF, as Python's `surrogateescape` does), so that names that differ stay different.
 */
export function decodeBytes(bytes: Buffer, start = 0, end = bytes.length): string {
  for (let at = start; at < end; at += 1) {
    if ((bytes[at] ?? 0) >= 0x80) return decodeWide(bytes.subarray(start, end))
  }
  return bytes.toString('latin1', start, end)
}

function decodeWide(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8', 0, bytes.length)
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = measureCharacter(bytes, at)
    if (length === 0) text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
    else text += bytes.toString('utf8', at, at + length)
    at += length || 1
  }
  return text
}

/** Bytes of the valid UTF-8 character at a place; 0 where there is none. */
function measureCharacter(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(at, at + length))) return length
  }
  return 0
}
