import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { ArchparityError } from '../errors.js'

const KEY_FILES = ['ca.pem', 'cert.pem', 'key.pem']
/** Docker's own files have a few hundred bytes. */
const MAX_JSON_BYTES = 1024 * 1024

/** What a Docker context says of its engine. */
export interface DockerContext {
  readonly endpoint: string
  /** Folder with its keys, where it has any. */
  readonly tls?: string
}

/** Docker's configuration folder. */
export function findDockerConfig(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || path.join(homedir(), '.docker')
}

/**
 * Reads a Docker context by its name, from where `docker context create` keeps it. Throws ENGINE_UNAVAILABLE where
 * there is none, naming those that there are.
 */
export async function readDockerContext(name: string, env: NodeJS.ProcessEnv): Promise<DockerContext> {
  const folder = path.join(findDockerConfig(env), 'contexts')
  const id = createHash('sha256').update(name).digest('hex')
  const meta = await readJson(path.join(folder, 'meta', id, 'meta.json'))
  const docker = (meta as ContextMeta | undefined)?.Endpoints?.docker
  if (typeof docker?.Host !== 'string') {
    const known = await listContexts(folder)
    throw new ArchparityError('ENGINE_UNAVAILABLE', `Docker context "${name}" has no readable endpoint`, {
      hint: `${known.length === 0 ? 'There are none here' : `There are: ${known.join(', ')}`}. List the contexts with \`docker context ls\`, choose one with \`docker context use NAME\`, or set DOCKER_HOST.`,
    })
  }
  if (docker.SkipTLSVerify === true) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `Docker context "${name}" skips the check of the engine's certificate`,
      {
        hint: 'archparity does not: make the context anew with the ca of the engine.',
      },
    )
  }
  const tls = path.join(folder, 'tls', id, 'docker')
  // Any key means TLS: one that is missing must be told, and never make the connection a plain one.
  const hasKeys = KEY_FILES.some(name => existsSync(path.join(tls, name)))
  return { endpoint: docker.Host, ...(hasKeys ? { tls } : {}) }
}

interface ContextMeta {
  readonly Name?: unknown
  readonly Endpoints?: { readonly docker?: { readonly Host?: unknown; readonly SkipTLSVerify?: unknown } }
}

async function listContexts(folder: string): Promise<string[]> {
  const ids = await readdir(path.join(folder, 'meta')).catch((): string[] => [])
  const metas = await Promise.all(
    ids.slice(0, 100).map(id => readJson(path.join(folder, 'meta', id, 'meta.json'))),
  )
  // Docker allows no other names (docker/cli, cli/context/store).
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && /^[a-zA-Z0-9][\w.+-]{1,100}$/.test(name)
  return metas.flatMap(meta => (isName(meta?.Name) ? [meta.Name] : [])).sort()
}

/** The object that a JSON file holds; undefined where there is none, or where it is too large to be Docker's. */
export async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    const { size } = await stat(file)
    if (size > MAX_JSON_BYTES) return undefined
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
