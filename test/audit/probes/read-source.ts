import type { ByteSource } from '../../../src/audit/byte-source.js'
import type { FileFact } from '../../../src/audit/inventory.js'
import { findProbe } from '../../../src/audit/probes/index.js'

/** Bytes in memory as a probe gets them; every answer is in the same memory, as a source that reads a disk may do. */
export function createSource(content: Uint8Array | string): ByteSource {
  const bytes = Buffer.from(content)
  const window = Buffer.alloc(bytes.length)
  return {
    size: bytes.length,
    read: (offset, length) => {
      const start = Math.min(offset, bytes.length)
      const count = bytes.copy(window, 0, start, Math.min(start + length, bytes.length))
      return window.subarray(0, Math.max(count, 0))
    },
  }
}

/** What the probe for that path makes of the bytes; fails where no probe wants them. */
export async function readFact(path: string, content: Uint8Array | string): Promise<FileFact | undefined> {
  const probe = findProbe(path)
  if (probe === undefined) throw new Error(`no probe for ${path}`)
  return await probe.read(createSource(content), path)
}
