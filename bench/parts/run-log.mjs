// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 60_000

/** @typedef {import('../../src/model/events.js').LoggedEvent} LoggedEvent */

/**
 * The events that a run has written so far; none where it has not begun.
 * @param {string} file
 * @returns {LoggedEvent[]}
 */
export function readEvents(file) {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  // Without the last piece: it is empty, or a line that is just being written.
  const lines = text.split('\n').slice(0, -1)
  return lines.map(line => JSON.parse(line))
}

/**
 * Waits until the log has an event, and gives it.
 * @param {string} file
 * @param {(event: LoggedEvent) => boolean} isIt
 */
export async function waitForEvent(file, isIt) {
  for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
    const event = readEvents(file).find(isIt)
    if (event !== undefined) return event
    await sleep(50)
  }
  throw new Error(`${file} has no such event after ${PATIENCE_MS / 1000} s`)
}
