import type { ByteSource } from '../byte-source.js'

/** A structure of the file, read with the file's own byte order and word size. Offsets count from its first byte. */
export interface Fields {
  /** Bytes that there are: fewer than were asked for where the file ends. */
  readonly length: number
  u8(at: number): number
  u16(at: number): number
  u32(at: number): number
  /** An address or a size: 4 bytes in a 32-bit file, 8 in a 64-bit one. */
  word(at: number): bigint
}

/** An ELF file's bytes. Whatever the file claims, no read is larger than its caller's own bound. */
export interface ElfBytes {
  readonly size: number
  readonly bits: 32 | 64
  readonly littleEndian: boolean
  read(offset: number, length: number): Uint8Array
  readFields(offset: number, length: number): Fields
  /** The text up to its NUL; undefined where none comes within `limit` bytes, or the file's budget for texts is spent. */
  readText(offset: number, limit: number): string | undefined
}

const BLOCK = 4096
const MAX_BLOCKS = 64
/** Of all texts of one file: tables may overlap, so that a small file can claim gigabytes of names. */
const TEXT_BUDGET = 1024 * 1024

/** Small reads go through a few cached blocks: names lie close together, and the source may be a file on disk. */
export function createElfBytes(source: ByteSource, bits: 32 | 64, littleEndian: boolean): ElfBytes {
  const blocks = new Map<number, Uint8Array>()
  let budget = TEXT_BUDGET

  function readBlock(index: number): Uint8Array {
    const known = blocks.get(index)
    if (known !== undefined) return known
    if (blocks.size >= MAX_BLOCKS) blocks.clear()
    // A copy: a source may give the same memory again at the next read.
    const block = new Uint8Array(source.read(index * BLOCK, BLOCK))
    blocks.set(index, block)
    return block
  }

  function read(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && offset < source.size && length > 0)) return new Uint8Array(0)
    const start = offset % BLOCK
    if (start + length > BLOCK) return new Uint8Array(source.read(offset, length))
    return readBlock((offset - start) / BLOCK).subarray(start, start + length)
  }

  function readText(offset: number, limit: number): string | undefined {
    const parts: Uint8Array[] = []
    let length = 0
    while (length < limit && budget > 0) {
      const at = offset + length
      const part = read(at, Math.min(limit - length, BLOCK - (at % BLOCK)))
      const end = part.indexOf(0)
      parts.push(end < 0 ? part : part.subarray(0, end))
      length += end < 0 ? part.length : end
      budget -= end < 0 ? part.length : end
      if (end >= 0) return Buffer.concat(parts).toString('utf8')
      if (part.length === 0) return undefined
    }
    return undefined
  }

  return {
    size: source.size,
    bits,
    littleEndian,
    read,
    readFields: (offset, length) => viewFields(read(offset, length), bits, littleEndian),
    readText,
  }
}

/** Bytes as a structure. */
export function viewFields(bytes: Uint8Array, bits: 32 | 64, littleEndian: boolean): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    length: bytes.length,
    u8: at => view.getUint8(at),
    u16: at => view.getUint16(at, littleEndian),
    u32: at => view.getUint32(at, littleEndian),
    word: at =>
      bits === 64 ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian)),
  }
}
