import type { Readable, Writable } from 'node:stream'
import type { CompressedSource } from './compressed-source.js'

/**
 * Sends a source through a stream, or through the two ends of a process, no faster than who reads takes it. Both ends
 * are destroyed in the end, the source is not. Throws what either fails with.
 */
export async function* passThrough(
  source: CompressedSource,
  into: Writable,
  from: Readable,
): AsyncGenerator<Buffer> {
  const feeding = feed(source, into, from)
  try {
    for await (const chunk of from) yield chunk
    await feeding
  } finally {
    into.destroy()
    from.destroy()
  }
}

async function feed(source: CompressedSource, into: Writable, from: Readable): Promise<void> {
  try {
    for (let chunk = await source.next(); chunk; chunk = await source.next()) {
      // Why a write fails is told by the reading end.
      if (!(await write(into, chunk))) return
    }
    into.end()
  } catch (error) {
    from.destroy(error as Error)
  }
}

function write(into: Writable, chunk: Buffer): Promise<boolean> {
  return new Promise(resolve => {
    if (into.destroyed) resolve(false)
    else into.write(chunk, error => resolve(!error))
  })
}
