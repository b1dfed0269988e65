import { Buffer } from 'node:buffer'

/** What came before an end marker, and the text that the marker carried; undefined until it is seen. */
export type OnMarker = (carried: string) => void

/**
 * Passes bytes on until the end marker `\x1e<nonce>:<text>\x1e`, which may be split anywhere between chunks.
 * Bytes that might begin a marker are held back until it is clear that they do not.
 */
export class MarkerScanner {
  private readonly prefix: Buffer
  private readonly onBytes: (bytes: Buffer) => void
  private readonly onMarker: OnMarker
  private held: Buffer = Buffer.alloc(0)
  private done = false

  constructor(nonce: string, onBytes: (bytes: Buffer) => void, onMarker: OnMarker) {
    this.prefix = Buffer.from(`\x1e${nonce}:`)
    this.onBytes = onBytes
    this.onMarker = onMarker
  }

  push(chunk: Buffer): void {
    if (this.done) {
      this.onBytes(chunk)
      return
    }
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    const start = bytes.indexOf(this.prefix)
    if (start < 0) {
      const keep = countPartialPrefix(bytes, this.prefix)
      this.held = Buffer.from(bytes.subarray(bytes.length - keep))
      this.emit(bytes.subarray(0, bytes.length - keep))
      return
    }
    const end = bytes.indexOf(0x1e, start + this.prefix.length)
    this.emit(bytes.subarray(0, start))
    if (end < 0) {
      this.held = Buffer.from(bytes.subarray(start))
      return
    }
    this.done = true
    this.held = Buffer.alloc(0)
    this.onMarker(bytes.subarray(start + this.prefix.length, end).toString('latin1'))
  }

  /** Gives up waiting: what was held back was no marker. */
  flush(): void {
    this.emit(this.held)
    this.held = Buffer.alloc(0)
  }

  private emit(bytes: Buffer): void {
    if (bytes.length > 0) this.onBytes(bytes)
  }
}

/** How many bytes at the end of `bytes` are a beginning of `prefix`. */
function countPartialPrefix(bytes: Buffer, prefix: Buffer): number {
  for (let length = Math.min(prefix.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(prefix.subarray(0, length))) return length
  }
  return 0
}
