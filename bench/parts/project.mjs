// @ts-check
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { endProcess } from '../../scripts/setup/process-life.mjs'
import { CLI, makeFolder } from './places.mjs'

/** A run that takes longer hangs, and is ended. */
const PATIENCE_MS = 180_000
const GRACE_MS = 10_000

/**
 * @typedef {object} Ended
 * @property {number} seconds from the start of the process to its end
 * @property {number} at when it ended, ms since the epoch
 * @property {number | null} exitCode
 * @property {string} output stdout and stderr
 */

/**
 * A user's project with one suite, in a folder of its own with a cache of its own.
 * @param {string} suite
 * @param {import('../../scripts/setup/undo-stack.mjs').UndoStack} undo ends what still runs in it, and removes it
 */
export function createProject(suite, undo) {
  const folder = makeFolder()
  undo.add(`remove ${folder}`, () => rmSync(folder, { recursive: true, force: true }))
  const log = path.join(folder, 'reports', 'run.jsonl')
  mkdirSync(path.join(folder, 'suites'))
  writeFileSync(path.join(folder, 'suites', 'bench.suite.ts'), suite)
  /** @type {number | undefined} */
  let pid
  undo.add('end the run', () => pid && endProcess(pid, GRACE_MS))
  return {
    log,
    /**
     * Starts `archparity run`, with an empty log.
     * @param {readonly string[]} args
     * @param {Readonly<Record<string, string>>} env over this process's own
     * @returns {Promise<Ended>} its end, whatever its exit code
     */
    run: (args, env) => {
      rmSync(log, { force: true })
      const child = spawn(process.execPath, [CLI, 'run', ...args], {
        cwd: folder,
        env: { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache'), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      pid = child.pid
      return waitForEnd(child)
    },
  }
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @returns {Promise<Ended>}
 */
function waitForEnd(child) {
  const began = performance.now()
  const late = setTimeout(() => child.pid && endProcess(child.pid, GRACE_MS), PATIENCE_MS)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', exitCode => {
      clearTimeout(late)
      const [seconds, at] = [(performance.now() - began) / 1000, Date.now()]
      child.once('close', () => resolve({ seconds, at, exitCode, output }))
    })
  })
}
