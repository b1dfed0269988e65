import { createHash } from 'node:crypto'
import type { CapturedBytes } from '../model/observation.js'

/** Captured bytes as they can be compared: as text line by line, or as bytes by their hash. */
export type Content =
  | {
      readonly kind: 'text'
      readonly text: string
      readonly truncated: boolean
      readonly sha256: string | undefined
    }
  | { readonly kind: 'binary'; readonly bytes: number; readonly sha256: string }

/** Reads captured bytes; what is not valid UTF-8 is compared by hash. */
export function readContent(captured: CapturedBytes): Content {
  if (captured.base64 !== undefined) {
    const sha256 = captured.sha256 ?? createHash('sha256').update(captured.base64, 'base64').digest('hex')
    return { kind: 'binary', bytes: captured.bytes, sha256 }
  }
  return { kind: 'text', text: captured.text ?? '', truncated: captured.truncated, sha256: captured.sha256 }
}

/** The captured bytes as text for people and for patterns; bytes that are no UTF-8 become U+FFFD. */
export function decodeBytes(captured: CapturedBytes | undefined): string {
  if (captured === undefined) return ''
  return captured.text ?? Buffer.from(captured.base64 ?? '', 'base64').toString('utf8')
}
