// @ts-check
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive } from './process-life.mjs'

/**
 * Two set-ups at the same time share the private engine: each holds a lease, and the last to go stops it.
 * The lease of a process that was killed counts for nothing.
 * @param {string} runFolder
 */
export function takeLease(runFolder) {
  const folder = path.join(runFolder, 'leases')
  const own = path.join(folder, String(process.pid))
  mkdirSync(folder, { recursive: true })
  writeFileSync(own, '')
  return {
    /** Gives it back and tells whether nobody else holds one. */
    release() {
      rmSync(own, { force: true })
      return !readdirSync(folder).some(name => /^\d+$/.test(name) && isAlive(Number(name)))
    },
  }
}
