import { setTimeout as sleepFor } from 'node:timers/promises'

/** Time and chance, which tests replace. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** A number in [0, 1). */
  random(): number
}

export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  sleep: async (milliseconds, signal) => {
    await sleepFor(milliseconds, undefined, signal === undefined ? {} : { signal })
  },
  random: Math.random,
}
