import type { ByteSource } from '../../../src/audit/byte-source.js'

/** Bytes in memory as what readers read from. */
export function createBufferSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(Math.max(0, offset), Math.max(0, offset + length)),
  }
}
