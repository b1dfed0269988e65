import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { ArchparityError } from '../errors.js'

/** Where an engine answers, and who said so. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock` or `tcp://127.0.0.1:2375`. */
  readonly url: string
  readonly from: string
}

/**
 * Finds the local engine's endpoint the way that the Docker CLI does: `DOCKER_HOST`, then the context named by
 * `DOCKER_CONTEXT` or the configuration, then the sockets that engines for one machine create.
 * Never falls back from an endpoint that the user named.
 */
export async function findLocalEndpoint(env: NodeJS.ProcessEnv = process.env): Promise<Endpoint> {
  if (env.DOCKER_HOST) return { url: env.DOCKER_HOST, from: 'DOCKER_HOST' }
  const context = await readCurrentContext(env)
  if (context !== undefined) return context
  const socket = listKnownSockets(env).find(existsSync)
  return { url: `unix://${socket ?? '/var/run/docker.sock'}`, from: 'default' }
}

function listKnownSockets(env: NodeJS.ProcessEnv): string[] {
  const home = homedir()
  const runtime = env.XDG_RUNTIME_DIR
  return [
    '/var/run/docker.sock',
    ...(runtime ? [`${runtime}/docker.sock`] : []),
    `${home}/.docker/run/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    `${home}/.rd/docker.sock`,
    `${home}/.orbstack/run/docker.sock`,
    ...(runtime ? [`${runtime}/podman/podman.sock`] : []),
    '/run/podman/podman.sock',
  ]
}

async function readCurrentContext(env: NodeJS.ProcessEnv): Promise<Endpoint | undefined> {
  const directory = env.DOCKER_CONFIG || path.join(homedir(), '.docker')
  const name = env.DOCKER_CONTEXT || (await readJson(path.join(directory, 'config.json')))?.currentContext
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined
  const id = createHash('sha256').update(name).digest('hex')
  const meta = await readJson(path.join(directory, 'contexts', 'meta', id, 'meta.json'))
  const url = (meta as { Endpoints?: { docker?: { Host?: unknown } } } | undefined)?.Endpoints?.docker?.Host
  if (typeof url !== 'string') {
    throw new ArchparityError('ENGINE_UNAVAILABLE', `Docker context "${name}" has no readable endpoint`, {
      hint: 'List the contexts with `docker context ls`, choose one with `docker context use NAME`, or set DOCKER_HOST.',
    })
  }
  return { url, from: `Docker context "${name}"` }
}

async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
