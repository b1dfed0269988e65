// @ts-check
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { pingEngine } from './ping-engine.mjs'
import { PRIVATE_ENGINE_REQUIREMENTS } from './private-engine.mjs'
import { SetupError } from './setup-error.mjs'

const DEFAULT_SOCKET = '/var/run/docker.sock'

/**
 * Looks for an engine that answers. One that the user named (DOCKER_HOST, the current context) is never replaced
 * by another.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ endpoint: string, tell: boolean } | undefined>} `tell`: clients need DOCKER_HOST to find it
 */
export async function findEngine(env = process.env) {
  if (env.ARCHPARITY_SETUP_IGNORE_ENGINE === '1') return undefined
  const named = nameEngine(env)
  if (named === undefined) return await findByDefault(env)
  const problem = await pingEngine(named.endpoint, env)
  if (problem === undefined) return { endpoint: named.endpoint, tell: named.by === 'context' }
  throw new SetupError(
    `the engine that ${named.from} names does not answer at ${named.endpoint}: ${problem}`,
    `start that engine, or ${named.by === 'env' ? 'unset DOCKER_HOST' : 'run `docker context use default`'}`,
  )
}

/** @param {NodeJS.ProcessEnv} env */
async function findByDefault(env) {
  for (const socket of listSockets()) {
    const endpoint = `unix://${socket}`
    const problem = await pingEngine(endpoint, env)
    if (problem === undefined) return { endpoint, tell: socket !== DEFAULT_SOCKET }
    if (problem.includes('EACCES')) {
      throw new SetupError(
        `an engine listens on ${socket}, and this user may not use it`,
        'sudo usermod -aG docker "$USER", then log in again',
      )
    }
  }
  return undefined
}

/** Where engines for one machine listen: Linux packages, Docker Desktop, Colima, Rancher Desktop, OrbStack. */
function listSockets() {
  const homes = [
    '.docker/run/docker.sock',
    '.colima/default/docker.sock',
    '.rd/docker.sock',
    '.orbstack/run/docker.sock',
  ]
  return [DEFAULT_SOCKET, ...homes.map(socket => path.join(homedir(), socket))]
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ endpoint: string, from: string, by: 'env' | 'context' } | undefined}
 */
function nameEngine(env) {
  if (env.DOCKER_HOST) return { endpoint: env.DOCKER_HOST, from: 'DOCKER_HOST', by: 'env' }
  const folder = env.DOCKER_CONFIG || path.join(homedir(), '.docker')
  const name = env.DOCKER_CONTEXT || readJson(path.join(folder, 'config.json'))?.currentContext
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined
  const id = createHash('sha256').update(name).digest('hex')
  const endpoint = readJson(path.join(folder, 'contexts', 'meta', id, 'meta.json'))?.Endpoints?.docker?.Host
  return typeof endpoint === 'string'
    ? { endpoint, from: `Docker's context "${name}"`, by: 'context' }
    : undefined
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * What must be installed before `startEngine` can start a private engine.
 * @param {import('./machine.mjs').Machine} machine
 */
export function listEngineRequirements(machine) {
  if (machine.platform === 'linux') return PRIVATE_ENGINE_REQUIREMENTS
  throw new SetupError(
    'no container engine answers at /var/run/docker.sock',
    'start Docker Desktop, Colima, OrbStack or Podman and set DOCKER_HOST or `docker context use`',
  )
}
