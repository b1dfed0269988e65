// @ts-check
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { findCommand } from './find-command.mjs'

/**
 * Starts a program that lives until it is stopped, in its own session, so that a Ctrl-C meant for us does not
 * reach it; its output goes to a log file.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ log: string, dieWithUs?: boolean, env?: NodeJS.ProcessEnv }} options `dieWithUs`: the kernel ends it
 *   with this process, even after kill -9 (Linux)
 * @returns {Promise<import('node:child_process').ChildProcess>}
 */
export function startProcess(file, args, { log, dieWithUs = false, env }) {
  const output = openSync(log, 'a', 0o600)
  const setpriv = dieWithUs && process.platform === 'linux' ? findCommand('setpriv') : undefined
  const [program, ...rest] = setpriv ? [setpriv, '--pdeathsig', 'TERM', file, ...args] : [file, ...args]
  const child = spawn(program ?? file, rest, {
    detached: true,
    stdio: ['ignore', output, output],
    env: env ?? process.env,
  })
  closeSync(output)
  child.unref()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child))
  })
}

/**
 * Ends a process with SIGTERM, and with SIGKILL where it is still there after `graceMs`.
 * @param {number} pid
 * @param {number} graceMs
 */
export async function endProcess(pid, graceMs) {
  for (const [signal, patience] of /** @type {const} */ ([
    ['SIGTERM', graceMs],
    ['SIGKILL', 5000],
  ])) {
    if (!isAlive(pid)) return
    process.kill(pid, signal)
    for (let waited = 0; waited < patience && isAlive(pid); waited += 50) await sleep(50)
  }
}

/**
 * Whether a process runs; a zombie does not.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}
