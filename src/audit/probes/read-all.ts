import type { ByteSource } from '../byte-source.js'

/** All bytes of a source as one buffer, up to `limit`; shares memory with the source where that gives it. */
export function readAll(source: ByteSource, limit: number = source.size): Buffer {
  return readPart(source, 0, Math.min(source.size, limit))
}

/** Up to `length` bytes from `offset` on as a buffer; fewer where the file ends. Shares memory with the source. */
export function readPart(source: ByteSource, offset: number, length: number): Buffer {
  if (offset < 0 || offset >= source.size) return Buffer.alloc(0)
  const bytes = source.read(offset, Math.min(length, source.size - offset))
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
