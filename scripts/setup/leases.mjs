// @ts-check
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isAlive } from './process-life.mjs'

/**
 * Two set-ups at the same time share the private engine: each holds a lease, and the last to go stops it.
 * The lease of a process that was killed counts for nothing.
 * @param {string} runFolder
 */
export function takeLease(runFolder) {
  const folder = path.join(runFolder, 'leases')
  mkdirSync(folder, { recursive: true })
  const own = mkdtempSync(path.join(folder, `${process.pid}-`))
  return {
    /** Gives it back and tells whether nobody else holds one. */
    release() {
      rmSync(own, { recursive: true, force: true })
      return !readdirSync(folder).some(name => isAlive(Number(name.split('-')[0])))
    },
  }
}
