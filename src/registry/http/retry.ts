import { ArchparityError } from '../../errors.js'
import type { Clock } from './clock.js'

/** How long and how often something that may pass by itself is tried again. */
export interface RetryPolicy {
  /** At most this many tries, the first one included. */
  readonly attempts: number
  /** Pause before the second try; each further one doubles it. Milliseconds, as all below. */
  readonly firstDelay: number
  readonly longestDelay: number
  /** A registry that asks for more patience than this (Retry-After) is not waited for. */
  readonly longestRetryAfter: number
  /** No new try begins after this. */
  readonly total: number
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 5,
  firstDelay: 500,
  longestDelay: 10_000,
  longestRetryAfter: 60_000,
  total: 120_000,
}

/** Thrown by work that may succeed when tried again; `error` is what the user sees if it does not. */
export class TransientFailure extends Error {
  readonly error: ArchparityError
  readonly retryAfter: number | undefined

  constructor(error: ArchparityError, retryAfter?: number) {
    super(error.message, { cause: error })
    this.error = error
    this.retryAfter = retryAfter
  }
}

/**
 * Runs `work` until it succeeds, fails for good, or the policy's patience ends. Pauses grow exponentially with
 * jitter; a longer pause that the registry asked for is kept to.
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  signal?: AbortSignal,
): Promise<T> {
  const start = clock.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof TransientFailure)) throw error
      const pause = choosePause(attempt, error.retryAfter, policy, clock)
      const tooLong = (error.retryAfter ?? 0) > policy.longestRetryAfter
      if (attempt >= policy.attempts || tooLong || clock.now() - start + pause > policy.total) {
        throw describeGivingUp(error, attempt)
      }
      await clock.sleep(pause, signal)
    }
  }
}

/** Milliseconds to wait after the given attempt (from 1): half of it fixed, half of it by chance. */
export function choosePause(
  attempt: number,
  retryAfter: number | undefined,
  policy: RetryPolicy,
  clock: Clock,
): number {
  const backoff = Math.min(policy.longestDelay, policy.firstDelay * 2 ** (attempt - 1))
  return Math.max(backoff * (0.5 + clock.random() / 2), retryAfter ?? 0)
}

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): seconds, or a date. Milliseconds from now, never negative;
 * undefined where it is neither.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\s*\d+\s*$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER)
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function describeGivingUp({ error, retryAfter }: TransientFailure, attempts: number): ArchparityError {
  const tries = attempts === 1 ? '' : `, ${attempts} times in a row`
  const wait = retryAfter ? `; it asks to wait ${Math.ceil(retryAfter / 1000)} s` : ''
  if (tries === '' && wait === '') return error
  return new ArchparityError(error.code, `${error.message}${tries}${wait}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error.cause,
    details: { ...error.details, attempts },
  })
}
