import { DamagedLayer } from './damaged-layer.js'

/** A piece of a zstd stream that can be decoded by itself once what precedes it is. */
export interface ZstdPiece {
  readonly bytes: Buffer
  /** Bytes of the window that a new frame needs: this piece starts it. */
  readonly window: number | undefined
  /** Whether the frame ends with this piece. */
  readonly last: boolean
}

/**
 * Cuts a zstd stream into its blocks (RFC 8878, sections 3.1.1 and 3.1.2), each of which unpacks to 128 KiB at most.
 * Frames that are to be skipped are left out. Throws `DamagedLayer`.
 */
export class ZstdCutter {
  #bytes: Buffer = Buffer.alloc(0)
  #skip = 0
  #header: { bytes: Buffer; window: number; checksum: boolean } | undefined
  #started = false

  /** To be called at the end of the bytes. */
  finish(): void {
    if (this.#bytes.length > 0 || this.#skip > 0 || this.#header !== undefined) {
      throw new DamagedLayer('truncated', 'ends in the middle of its zstd data')
    }
  }

  /** Takes bytes and gives the pieces that are whole now. */
  *cut(chunk: Buffer): Generator<ZstdPiece> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    for (;;) {
      const skipped = Math.min(this.#skip, this.#bytes.length)
      this.#skip -= skipped
      this.#bytes = this.#bytes.subarray(skipped)
      if (this.#header === undefined && !this.#readHeader()) return
      if (this.#header === undefined) continue
      const piece = this.#readBlock(this.#header)
      if (piece === undefined) return
      yield piece
    }
  }

  /** False where more bytes are needed. A frame that is to be skipped leaves no header. */
  #readHeader(): boolean {
    const bytes = this.#bytes
    if (this.#skip > 0 || bytes.length < 5) return false
    const magic = bytes.readUInt32LE(0)
    if (magic >>> 4 === 0x184d2a5) {
      if (bytes.length < 8) return false
      this.#skip = bytes.readUInt32LE(4)
      this.#bytes = bytes.subarray(8)
      return true
    }
    if (magic !== 0xfd2fb528) throw new DamagedLayer('corrupt', 'has damaged zstd data')
    const flags = bytes[4] ?? 0
    const single = (flags & 0x20) !== 0
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0
    if ((flags & 3) !== 0) throw new DamagedLayer('unsupported', 'is zstd data that needs a dictionary')
    const length = 5 + (single ? 0 : 1) + sizeBytes
    if (bytes.length < length) return false
    const window = single ? readSize(bytes, sizeBytes) : readWindow(bytes[5] ?? 0)
    this.#header = { bytes: bytes.subarray(0, length), window, checksum: (flags & 4) !== 0 }
    this.#bytes = bytes.subarray(length)
    this.#started = false
    return true
  }

  #readBlock(header: { bytes: Buffer; window: number; checksum: boolean }): ZstdPiece | undefined {
    const bytes = this.#bytes
    if (bytes.length < 3) return undefined
    const block = bytes.readUIntLE(0, 3)
    const last = (block & 1) !== 0
    const isRun = ((block >> 1) & 3) === 1
    if (block >> 3 > MAX_BLOCK) throw new DamagedLayer('corrupt', 'has damaged zstd data')
    const length = 3 + (isRun ? 1 : block >> 3) + (last && header.checksum ? 4 : 0)
    if (bytes.length < length) return undefined
    this.#bytes = bytes.subarray(length)
    const piece = {
      bytes: this.#started
        ? bytes.subarray(0, length)
        : Buffer.concat([header.bytes, bytes.subarray(0, length)]),
      window: this.#started ? undefined : header.window,
      last,
    }
    this.#started = true
    if (last) this.#header = undefined
    return piece
  }
}

const MAX_BLOCK = 128 * 1024

/** `Frame_Content_Size`, which is the window of a frame that is one segment. */
function readSize(bytes: Buffer, length: number): number {
  if (length === 1) return bytes[5] ?? 0
  if (length === 2) return bytes.readUInt16LE(5) + 256
  return length === 4 ? bytes.readUInt32LE(5) : Number(bytes.readBigUInt64LE(5))
}

/** `Window_Descriptor`. */
function readWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}
