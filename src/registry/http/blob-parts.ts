import type { Readable } from 'node:stream'
import { ArchparityError } from '../../errors.js'
import type { Clock } from './clock.js'
import { describeConnectionFailure } from './connection-failure.js'
import { choosePause, type RetryPolicy, TransientFailure } from './retry.js'
import { redactUrl } from './sanitize.js'

/** An open blob, from some byte on. */
export interface BlobPart {
  readonly body: Readable
  readonly url: URL
  /** The offset of its first byte; NaN where the registry did not say. */
  readonly start: number
}

export interface Resuming {
  /** Opens the blob anew, at the offset or before it. */
  readonly openAt: (offset: number) => Promise<BlobPart>
  readonly retry: RetryPolicy
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** How often one blob is taken up again in all, however much came through in between. */
const MAX_RESUMES = 20

/**
 * Gives the bytes of a blob. Where the connection breaks, goes on from there with a Range request; a registry that
 * ignores ranges and starts over is read over up to that place. Fails where the policy's number of tries brings no
 * further byte.
 */
export async function* readResuming(first: BlobPart, resuming: Resuming): AsyncGenerator<Uint8Array> {
  let part = first
  let given = 0
  let fruitless = 0
  for (let resumes = 0; ; resumes += 1) {
    const before = given
    try {
      let position = part.start
      for await (const chunk of part.body as AsyncIterable<Buffer>) {
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, given - position)))
        position += chunk.length
        given += fresh.length
        if (fresh.length > 0) yield fresh
      }
      return
    } catch (error) {
      resuming.signal?.throwIfAborted()
      const failure = describeConnectionFailure(error, part.url)
      if (!(failure instanceof TransientFailure)) throw failure
      fruitless = given > before ? 1 : fruitless + 1
      if (fruitless >= resuming.retry.attempts || resumes >= MAX_RESUMES) throw failure.error
      await resuming.clock.sleep(
        choosePause(fruitless, undefined, resuming.retry, resuming.clock),
        resuming.signal,
      )
    } finally {
      part.body.destroy()
    }
    part = await resuming.openAt(given)
    rejectGap(part, given)
  }
}

/** A part that begins later than asked for, or at no known place, would leave a hole. */
function rejectGap(part: BlobPart, wanted: number): void {
  if (part.start <= wanted) return
  part.body.destroy()
  throw describeGap(part.url)
}

function describeGap(url: URL): ArchparityError {
  return new ArchparityError(
    'REGISTRY_FAILED',
    `${redactUrl(url)} answers with another range than was asked for`,
    {
      hint: 'Try again; the fault lies with the registry or a cache in front of it.',
      details: { url: redactUrl(url) },
    },
  )
}
