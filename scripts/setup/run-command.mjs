// @ts-check
import { spawn } from 'node:child_process'
import { SetupError } from './setup-error.mjs'

/**
 * @typedef {object} CommandOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {AbortSignal} [signal] ends the command with SIGTERM
 * @property {boolean} [allowFailure] resolves instead of throwing where the exit code is not 0
 */

/**
 * Runs a program to its end with no stdin, keeping what it writes.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<{ exitCode: number, output: string }>} output is stdout and stderr as they came
 * @throws {SetupError} where it cannot start, or fails without `allowFailure`; with what it said
 */
export function runCommand(file, args, options = {}) {
  const line = [file, ...args].join(' ')
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
    })
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout.on('data', chunk => chunks.push(chunk))
    child.stderr.on('data', chunk => chunks.push(chunk))
    child.on('error', error => reject(new SetupError(`cannot run \`${line}\`: ${error.message}`)))
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString()
      const exitCode = code ?? 128
      if (exitCode === 0 || options.allowFailure) return resolve({ exitCode, output })
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${exitCode}`
      reject(new SetupError(`\`${line}\` ${how}:\n${shorten(output)}`))
    })
  })
}

/**
 * Some programs name the cause first, others last.
 * @param {string} output
 */
function shorten(output) {
  const lines = output.trimEnd().split('\n')
  return lines.length <= 30
    ? lines.join('\n')
    : [...lines.slice(0, 12), '...', ...lines.slice(-15)].join('\n')
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
