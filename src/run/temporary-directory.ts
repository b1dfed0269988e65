import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describeThisProcess, formatOwner } from './owner.js'

/** Where one run and everything that it starts keep their temporary files. */
export interface TemporaryDirectory {
  /** Absolute; its name tells whose it is, so that a later run can sweep it. */
  readonly path: string
  /** Removes it with all that is in it, and gives the process its own back. Synchronous, for any kind of end. */
  close(): void
}

/** Names of such directories begin with this and their owner. */
export const TEMPORARY_PREFIX = 'archparity-'

/**
 * Makes the run's temporary directory and lets this process and its children use it as theirs: libraries leave
 * files there when they are killed.
 */
export function openTemporaryDirectory(): TemporaryDirectory {
  const before = process.env.TMPDIR
  const owner = formatOwner(describeThisProcess())
  const directory = mkdtempSync(path.join(tmpdir(), `${TEMPORARY_PREFIX}${owner}-`))
  process.env.TMPDIR = directory
  return {
    path: directory,
    close: () => {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
