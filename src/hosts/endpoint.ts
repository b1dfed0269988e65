import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { findDockerConfig, readDockerContext, readJson } from './docker-context.js'

/** Where an engine answers, and who said so. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock` or `tcp://127.0.0.1:2375`. */
  readonly url: string
  readonly from: string
  /** Folder with the keys for it, where TLS is asked for. */
  readonly tls?: string
}

/**
 * Finds the local engine's endpoint the way that the Docker CLI does: `DOCKER_HOST`, then the context named by
 * `DOCKER_CONTEXT` or the configuration, then the sockets that engines for one machine create.
 * Never falls back from an endpoint that the user named.
 */
export async function findLocalEndpoint(env: NodeJS.ProcessEnv = process.env): Promise<Endpoint> {
  if (env.DOCKER_HOST) {
    const tls = env.DOCKER_TLS_VERIFY ? env.DOCKER_CERT_PATH || findDockerConfig(env) : undefined
    return { url: env.DOCKER_HOST, from: 'DOCKER_HOST', ...(tls === undefined ? {} : { tls }) }
  }
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
  const name =
    env.DOCKER_CONTEXT || (await readJson(path.join(findDockerConfig(env), 'config.json')))?.currentContext
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined
  const { endpoint, tls } = await readDockerContext(name, env)
  return { url: endpoint, from: `Docker context "${name}"`, ...(tls === undefined ? {} : { tls }) }
}
