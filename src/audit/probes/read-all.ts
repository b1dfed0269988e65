import type { ByteSource } from '../byte-source.js'

/** All bytes of a source as one buffer, up to `limit`; shares memory with the source where that gives it. */
export function readAll(source: ByteSource, limit: number = source.size): Buffer {
  const wanted = Math.min(source.size, limit)
  const bytes = source.read(0, wanted)
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, wanted))
}
