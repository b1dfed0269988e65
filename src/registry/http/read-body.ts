import type { Readable } from 'node:stream'
import { ArchparityError } from '../../errors.js'
import type { Clock } from './clock.js'
import { describeConnectionFailure } from './connection-failure.js'
import { TransientFailure } from './retry.js'
import { redactUrl } from './sanitize.js'

/** How far a body is read before it is given up. */
export interface BodyBounds {
  /** Bytes. */
  readonly limit: number
  /** Milliseconds for the whole body, however steadily it trickles. */
  readonly time: number
  readonly clock: Clock
}

/** Raised where a body is longer than its bound; the caller words it, for it knows what was asked for. */
export class BodyTooLarge extends Error {}

/**
 * Reads a body into memory. Throws `BodyTooLarge` as soon as the limit is passed, and a `TransientFailure` where the
 * connection breaks or takes too long.
 */
export async function readBody(body: Readable, bounds: BodyBounds, url: URL): Promise<Buffer> {
  const start = bounds.clock.now()
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > bounds.limit) throw new BodyTooLarge()
      if (bounds.clock.now() - start > bounds.time) throw describeSlowness(url, bounds.time)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof BodyTooLarge) throw error
    throw describeConnectionFailure(error, url)
  }
  return Buffer.concat(chunks, size)
}

function describeSlowness(url: URL, time: number): TransientFailure {
  return new TransientFailure(
    new ArchparityError(
      'REGISTRY_UNREACHABLE',
      `cannot read ${redactUrl(url)}: not complete after ${Math.round(time / 1000)} s`,
      {
        hint: 'Check the network between this machine and the registry.',
        details: { url: redactUrl(url) },
      },
    ),
  )
}
