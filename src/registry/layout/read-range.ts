import type { FileHandle } from 'node:fs/promises'

const CHUNK = 256 * 1024

/**
 * The bytes of a file from `start` on, `size` of them or up to the end. The handle stays open: streams of Node would
 * close it with the first reader that stops early.
 */
export async function* readRange(
  handle: FileHandle,
  start = 0,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  const readAt = async (done: number): Promise<Buffer> => {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - done))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start + done)
    return buffer.subarray(0, bytesRead)
  }
  let done = 0
  let next = readAt(done)
  try {
    for (let chunk = await next; chunk.length > 0; chunk = await next) {
      done += chunk.length
      // The disk reads on while the one who asked works on what it has.
      next = readAt(done)
      next.catch(() => undefined)
      yield chunk
    }
  } finally {
    // The handle may be closed right after this.
    await next.catch(() => undefined)
  }
}
