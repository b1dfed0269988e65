// @ts-check
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CLI, makeFolder } from './places.mjs'

/** A run that takes longer hangs, and is told to end. */
const PATIENCE_MS = 180_000

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
  /** @type {Promise<Ended> | undefined} */
  let running
  const abort = new AbortController()
  undo.add('end the run', async () => {
    abort.abort()
    await running?.catch(() => {})
  })
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
      running = runToEnd([CLI, 'run', ...args], {
        cwd: folder,
        env: { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache'), ...env },
        timeout: PATIENCE_MS,
        signal: abort.signal,
      })
      return running
    },
  }
}

/**
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, timeout: number, signal: AbortSignal }} options
 * @returns {Promise<Ended>}
 */
function runToEnd(args, options) {
  const began = performance.now()
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk
    })
  return new Promise((resolve, reject) => {
    // Of a child that is told to end, it comes before the end.
    child.once('error', error => {
      if (child.pid === undefined) reject(error)
    })
    child.once('exit', exitCode => {
      const [seconds, at] = [(performance.now() - began) / 1000, Date.now()]
      child.once('close', () => resolve({ seconds, at, exitCode, output }))
    })
  })
}
