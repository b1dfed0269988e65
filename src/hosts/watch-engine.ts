import { describeError } from '../errors.js'
import type { Host } from './host.js'

/** How often the engine is asked whether it lives, and how many silences mean that it does not. */
const PING_INTERVAL_MS = 2000
const PINGS_LOST = 3
/** A refusal is plainer than silence: it is asked again at once, and again, before it counts. */
const RETRY_MS = 500

/** The watch over a host's engine. */
export interface EngineWatch {
  /** Asks now and waits for the answer; resolves when the engine answered, or after `onLost` was called. */
  askOnce(): Promise<void>
  stop(): void
}

/**
 * Calls `onLost` once when the host's engine has stopped answering, with the moment (ms since the epoch) at which it
 * was last known to answer. Keeps no process alive.
 */
export function watchEngine(host: Host, onLost: (message: string, lastSeen: number) => void): EngineWatch {
  let missed = 0
  let asking = false
  let over = false
  let lastSeen = Date.now()
  let lastError = 'it does not reply'
  let retry: NodeJS.Timeout | undefined
  const judge = () => {
    if (missed < PINGS_LOST || over) return
    over = true
    onLost(`The engine at ${host.facts.endpoint} no longer answers: ${lastError}`, lastSeen)
  }
  const ask = async () => {
    if (over) return
    if (asking) {
      missed += 1
      judge()
      return
    }
    asking = true
    const began = Date.now()
    try {
      await host.engine.ping()
      missed = 0
      // Only what was known when the question left is certain.
      lastSeen = began
    } catch (error) {
      missed += 1
      lastError = describeError(error)
      clearTimeout(retry)
      retry = setTimeout(() => void ask(), RETRY_MS)
      retry.unref()
    } finally {
      asking = false
    }
    judge()
  }
  const timer = setInterval(() => void ask(), PING_INTERVAL_MS)
  timer.unref()
  return {
    askOnce: async () => {
      const deadline = Date.now() + PING_INTERVAL_MS * PINGS_LOST
      do {
        const answer = ask()
        await Promise.race([answer, new Promise(resolve => setTimeout(resolve, PING_INTERVAL_MS))])
        if (missed > 0 && !over) await new Promise(resolve => setTimeout(resolve, RETRY_MS))
      } while (missed > 0 && !over && Date.now() < deadline)
    },
    stop: () => {
      over = true
      clearInterval(timer)
      clearTimeout(retry)
    },
  }
}
