/** What to do when the user interrupts: first ask the run to stop, then stop it. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Puts the process's own handling back. */
  stop(): void
}

/**
 * Listens for Ctrl-C and SIGTERM. The first aborts `signal`, so that the run ends in order; the second gives
 * `onForce` two seconds to remove what is left and ends the process with 130.
 */
export function listenForInterrupt(onFirst: () => void, onForce: () => Promise<unknown>): Interruption {
  const controller = new AbortController()
  let forced = false
  const handle = () => {
    if (!controller.signal.aborted) {
      onFirst()
      controller.abort(new Error('interrupted'))
      return
    }
    if (forced) return
    forced = true
    const end = () => process.exit(130)
    setTimeout(end, 2000)
    onForce().then(end, end)
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
  return {
    signal: controller.signal,
    stop: () => {
      process.removeListener('SIGINT', handle)
      process.removeListener('SIGTERM', handle)
    },
  }
}
