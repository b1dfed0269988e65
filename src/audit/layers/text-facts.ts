import { isUtf8 } from 'node:buffer'
import { decodeBytes } from '../../tar/decode-bytes.js'

/** Bytes of a file that decide whether it is text. */
export const HEAD_BYTES = 1024
/** As much as Linux reads of a script's first line (`BINPRM_BUF_SIZE`). */
const MAX_SHEBANG = 255

/** Whether the head of a file, of at least its first 1,024 bytes, holds no NUL and is valid UTF-8. */
export function isText(head: Buffer, size: number): boolean {
  const bytes = head.length > HEAD_BYTES ? head.subarray(0, HEAD_BYTES) : head
  if (bytes.includes(0)) return false
  if (isUtf8(bytes)) return true
  if (size <= HEAD_BYTES) return false
  // The last character may be cut.
  for (let cut = 1; cut <= 3; cut += 1) {
    const end = bytes.length - cut
    const byte = bytes[end] ?? 0
    if (byte >= 0x80 && byte < 0xc0) continue
    return byte >= 0xc2 && byte <= 0xf4 && isUtf8(bytes.subarray(0, end))
  }
  return false
}

/** First line behind `#!`; undefined where there is none. */
export function readShebang(head: Buffer): string | undefined {
  if (head[0] !== 0x23 || head[1] !== 0x21) return undefined
  const line = head.subarray(2, 2 + MAX_SHEBANG)
  const end = line.indexOf(0x0a)
  return decodeBytes(line, 0, end < 0 ? line.length : end)
}
