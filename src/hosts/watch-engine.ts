import { describeError } from '../errors.js'
import type { Host } from './host.js'

/** How often the engine is asked whether it lives, and how many silences mean that it does not. */
const PING_INTERVAL_MS = 2000
const PINGS_LOST = 3

/** Calls `onLost` once when the host's engine has stopped answering. Keeps no process alive. */
export function watchEngine(host: Host, onLost: (message: string) => void): { stop(): void } {
  let missed = 0
  let asking = false
  let told = false
  const ask = async () => {
    if (asking) {
      missed += 1
    } else {
      asking = true
      try {
        await host.engine.ping()
        missed = 0
      } catch (error) {
        missed += 1
        lastError = describeError(error)
      } finally {
        asking = false
      }
    }
    if (missed < PINGS_LOST || told) return
    told = true
    onLost(`The engine at ${host.facts.endpoint} no longer answers: ${lastError}`)
  }
  let lastError = 'it does not reply'
  const timer = setInterval(() => void ask(), PING_INTERVAL_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
