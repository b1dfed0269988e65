import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** One line of an engine's progress stream, as far as it is used. */
export interface ProgressLine {
  readonly id?: string
  readonly status?: string
  readonly error?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
}

/**
 * Reads an engine's progress stream to its end. Throws the error that the engine reports in it, or that the
 * connection broke. A line that is no JSON is passed over: proxies add their own.
 */
export async function followProgress(
  stream: NodeJS.ReadableStream,
  onLine: (line: ProgressLine) => void = () => {},
): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', reject)
    stream.once('aborted', () => reject(new Error('the engine broke off')))
  })
  await Promise.race([readLines(stream as Readable, onLine), failed])
}

async function readLines(stream: Readable, onLine: (line: ProgressLine) => void): Promise<void> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  // It passes on its input's errors, also when nobody reads its lines any more; these would end the process.
  lines.on('error', () => {})
  for await (const text of lines) {
    const line = parseLine(text)
    if (line?.error !== undefined) throw new Error(String(line.error))
    if (line !== undefined) onLine(line)
  }
}

function parseLine(text: string): ProgressLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
