// @ts-check
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CLI, makeFolder } from './places.mjs'

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
 */
export function createProject(suite) {
  const folder = makeFolder()
  const log = path.join(folder, 'reports', 'run.jsonl')
  mkdirSync(path.join(folder, 'suites'))
  writeFileSync(path.join(folder, 'suites', 'bench.suite.ts'), suite)
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
      return runToEnd([CLI, 'run', ...args], {
        cwd: folder,
        env: { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache'), ...env },
      })
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/**
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<Ended>}
 */
function runToEnd(args, options) {
  const began = performance.now()
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', exitCode => {
      const [seconds, at] = [(performance.now() - began) / 1000, Date.now()]
      child.once('close', () => resolve({ seconds, at, exitCode, output }))
    })
  })
}
