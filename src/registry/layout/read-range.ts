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
  for (let done = 0; done < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - done))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start + done)
    if (bytesRead === 0) return
    done += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
