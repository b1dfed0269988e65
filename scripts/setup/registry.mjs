// @ts-check
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findCommand } from './find-command.mjs'
import { findFreePort } from './loopback-port.mjs'
import { findCacheFolder } from './places.mjs'
import { endProcess, isAlive, startProcess } from './process-life.mjs'
import { lastLines } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const PREFIX = 'archparity-registry-'

/** @type {readonly import('./packages.mjs').Requirement[]} */
export const REGISTRY_REQUIREMENTS = [{ command: 'docker-registry', package: 'docker-registry' }]

/**
 * @typedef {object} RegistryOptions
 * @property {import('./undo-stack.mjs').UndoStack} undo
 * @property {string} [data] folder of its images; by default in the cache, so that they stay
 * @property {string} [htpasswd] lines of an htpasswd file (bcrypt): then it asks for a user and a password
 * @property {AbortSignal} [signal]
 */

/**
 * Starts a registry on a free loopback port, stopped by `undo`.
 * @param {RegistryOptions} options
 * @returns {Promise<string>} `127.0.0.1:PORT`
 * @throws {SetupError} with its last lines where it does not come up
 */
export async function startRegistry({
  undo,
  data = path.join(findCacheFolder(), 'registry'),
  htpasswd,
  signal,
}) {
  sweepFolders()
  const run = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`))
  undo.add(`remove ${run}`, () => rmSync(run, { recursive: true, force: true }))
  mkdirSync(data, { recursive: true })
  const log = path.join(run, 'registry.log')
  for (let attempt = 1; ; attempt++) {
    const address = `127.0.0.1:${await findFreePort()}`
    const config = path.join(run, 'config.yml')
    writeFileSync(config, wordConfig({ address, data, users: htpasswd && writeUsers(run, htpasswd) }))
    const child = await startProcess(findCommand('docker-registry') ?? 'docker-registry', ['serve', config], {
      log,
      dieWithUs: true,
    })
    undo.add('stop the registry', () => endProcess(child.pid ?? 0, 5000))
    if (await answers(address, child, signal)) return address
    // Somebody else may have taken the port since it was free.
    if (attempt === 3)
      throw new SetupError(`the registry does not answer:\n${lastLines(readFileSync(log, 'utf8'), 10)}`)
  }
}

/** Removes the folders of set-ups that were killed; their registries have ended with them. */
function sweepFolders() {
  for (const name of readdirSync(tmpdir()).filter(name => name.startsWith(PREFIX))) {
    const owner = Number(name.slice(PREFIX.length).split('-')[0])
    if (owner > 0 && !isAlive(owner)) rmSync(path.join(tmpdir(), name), { recursive: true, force: true })
  }
}

/** @param {{ address: string, data: string, users: string | undefined }} settings */
function wordConfig({ address, data, users }) {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: data }, delete: { enabled: true } },
    http: { addr: address },
    ...(users ? { auth: { htpasswd: { realm: 'lab', path: users } } } : {}),
  })
}

/**
 * @param {string} folder
 * @param {string} htpasswd
 */
function writeUsers(folder, htpasswd) {
  const file = path.join(folder, 'htpasswd')
  writeFileSync(file, htpasswd, { mode: 0o600 })
  return file
}

/**
 * @param {string} address
 * @param {import('node:child_process').ChildProcess} child
 * @param {AbortSignal} [signal]
 */
async function answers(address, child, signal) {
  for (let waited = 0; waited < 15_000 && child.exitCode === null; waited += 50) {
    if (await isRegistry(address)) return true
    await sleep(50, undefined, { signal })
  }
  return false
}

/**
 * Whether something that speaks the distribution API answers (`GET /v2/`: 200, or 401 where it wants a password).
 * @param {string} address
 * @returns {Promise<boolean>}
 */
function isRegistry(address) {
  return new Promise(resolve => {
    const [host, port] = address.split(':')
    const asked = request({ host, port, path: '/v2/', timeout: 2000 }, response => {
      response.resume()
      resolve(response.headers['docker-distribution-api-version'] === 'registry/2.0')
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
