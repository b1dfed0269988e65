import { Buffer, isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import type { CapturedBytes } from '../../model/observation.js'

/**
 * Keeps the first `limit` bytes of a stream, and the count and hash of all of it: a flood costs no memory,
 * and two floods can still be told apart.
 */
export class ByteCollector {
  private readonly limit: number
  private readonly kept: Buffer[] = []
  private keptBytes = 0
  private totalBytes = 0
  private hash: Hash | undefined

  constructor(limit: number) {
    this.limit = limit
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    const room = this.limit - this.keptBytes
    if (this.hash === undefined && chunk.length > room) {
      this.hash = createHash('sha256')
      for (const part of this.kept) this.hash.update(part)
    }
    this.hash?.update(chunk)
    this.totalBytes += chunk.length
    if (room <= 0) return
    // Copied: the engine's client reuses its buffers.
    this.kept.push(Buffer.from(chunk.subarray(0, room)))
    this.keptBytes += Math.min(room, chunk.length)
  }

  finish(): CollectedBytes {
    return {
      kept: Buffer.concat(this.kept),
      bytes: this.totalBytes,
      truncated: this.totalBytes > this.keptBytes,
      // A hash gives its digest only once, and a caller may ask again.
      ...(this.hash === undefined ? {} : { sha256: this.hash.copy().digest('hex') }),
    }
  }
}

/** What a collector kept, with what it knows of the rest. */
export interface CollectedBytes {
  readonly kept: Buffer
  readonly bytes: number
  readonly truncated: boolean
  readonly sha256?: string
}

export const NO_BYTES: CollectedBytes = { kept: Buffer.alloc(0), bytes: 0, truncated: false }

/** The form in which bytes are recorded: as text only where every byte of them is valid UTF-8. */
export function captureBytes(collected: CollectedBytes): CapturedBytes {
  const { kept, bytes, truncated, sha256 } = collected
  const whole = truncated ? trimPartialCharacter(kept) : kept
  const content = isUtf8(whole) ? { text: whole.toString('utf8') } : { base64: kept.toString('base64') }
  return { ...content, bytes, truncated, ...(sha256 === undefined ? {} : { sha256 }) }
}

/** A cap may fall in the middle of a character; that does not make the text invalid. */
function trimPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return bytes
    if (byte > 0xf4) return bytes
    if (byte >= 0xc2) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? bytes.subarray(0, bytes.length - back) : bytes
    }
  }
  return bytes
}
