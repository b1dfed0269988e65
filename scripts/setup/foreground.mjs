// @ts-check
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Takes over the signals that end a run: while a program is in the foreground it decides, and is waited for;
 * otherwise `onEnd` cleans up and this process exits with 128 + the signal's number.
 * @param {() => Promise<void>} onEnd
 */
export function holdForeground(onEnd) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  for (const signal of SIGNALS) process.on(signal, handle)

  return {
    /**
     * Runs a program on our own terminal.
     * @param {string} file
     * @param {readonly string[]} args
     * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
     * @returns {Promise<number>} its exit code, 128 + n where signal n ended it
     */
    run(file, args, options = {}) {
      return new Promise((resolve, reject) => {
        child = spawn(file, args, { stdio: 'inherit', ...options })
        child.on('error', reject)
        child.on('close', (code, signal) => {
          child = undefined
          resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
        })
      })
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, handle)
    },
  }

  /** @param {NodeJS.Signals} signal */
  function handle(signal) {
    if (child === undefined) {
      onEnd().finally(() => process.exit(128 + constants.signals[signal]))
      return
    }
    // A terminal's Ctrl-C has reached the program already; a second one would mean "at once" to it.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
}
