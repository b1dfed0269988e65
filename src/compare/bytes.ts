import { createHash } from 'node:crypto'
import type { CapturedBytes } from '../model/observation.js'

/** Captured bytes as they can be compared: as text line by line, or as bytes by their hash. */
export type Content =
  | {
      readonly kind: 'text'
      readonly text: string
      readonly truncated: boolean
      readonly sha256: string | undefined
      /** How many bytes there were, kept or not. */
      readonly bytes: number
    }
  | {
      readonly kind: 'binary'
      readonly bytes: number
      readonly sha256: string
      /** Those that were kept, in base64. */
      readonly kept: string
    }

/** Reads captured bytes; what is not valid UTF-8 is compared by hash. */
export function readContent(captured: CapturedBytes): Content {
  if (captured.base64 !== undefined) {
    const sha256 = captured.sha256 ?? createHash('sha256').update(captured.base64, 'base64').digest('hex')
    return { kind: 'binary', bytes: captured.bytes, sha256, kept: captured.base64 }
  }
  const { text = '', truncated, sha256, bytes } = captured
  return { kind: 'text', text, truncated, sha256, bytes }
}

/** The captured bytes as text for people and for patterns; bytes that are no UTF-8 become U+FFFD. */
export function decodeBytes(captured: CapturedBytes | undefined): string {
  if (captured === undefined) return ''
  return captured.text ?? Buffer.from(captured.base64 ?? '', 'base64').toString('utf8')
}

/** Position of the first byte in which two byte strings (base64) differ, or at which the shorter one ends; undefined where they are equal. */
export function findFirstByte(before: string, after: string): number | undefined {
  const [a, b] = [Buffer.from(before, 'base64'), Buffer.from(after, 'base64')]
  const common = Math.min(a.length, b.length)
  for (let index = 0; index < common; index += 1) if (a[index] !== b[index]) return index
  return a.length === b.length ? undefined : common
}
