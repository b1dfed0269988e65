import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ArchparityError } from '../../errors.js'
import type { Credentials } from './credentials.js'

/** The part of a Docker configuration that speaks of credentials. */
export interface DockerConfig {
  /** The file's path, or the name of the environment variable. */
  readonly from: string
  readonly auths: Readonly<Record<string, unknown>>
  readonly credsStore?: string
  readonly credHelpers: Readonly<Record<string, string>>
  /** The credentials under a key of `auths`; undefined for an empty entry, as stores leave them behind. */
  readAuth(key: string): Credentials | undefined
}

const CONFIG = z.looseObject({
  auths: z.record(z.string(), z.unknown()).nullish(),
  credsStore: z.string().nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
})

const AUTH = z.looseObject({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
  registrytoken: z.string().nullish(),
})

/**
 * The configurations to search, in order: the JSON in DOCKER_AUTH_CONFIG, then config.json in DOCKER_CONFIG or
 * ~/.docker. A later one is read only when it is asked for, so that its defects concern nobody who needs it not.
 * Throws `CREDENTIALS_INVALID` for one that is not JSON of the right shape; its content is never shown.
 */
export function* readDockerConfigs(env: NodeJS.ProcessEnv): Generator<DockerConfig> {
  if (env.DOCKER_AUTH_CONFIG?.trim()) yield parseDockerConfig(env.DOCKER_AUTH_CONFIG, 'DOCKER_AUTH_CONFIG')
  const file = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json')
  const text = readText(file)
  if (text?.trim()) yield parseDockerConfig(text, file)
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ArchparityError('CREDENTIALS_INVALID', `cannot read ${file} (${code ?? 'unknown error'})`, {
      hint: 'Make it readable for this user, or point DOCKER_CONFIG to another folder.',
    })
  }
}

/** Reads the JSON of a Docker configuration; `from` is what messages call it. */
export function parseDockerConfig(text: string, from: string): DockerConfig {
  const parsed = CONFIG.safeParse(parseJson(text))
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.map(String).join('.')
    rejectConfig(from, where ? `"${where}" is not what it should be` : 'it is not a JSON object')
  }
  const { auths, credsStore, credHelpers } = parsed.data
  return {
    from,
    auths: auths ?? {},
    ...(credsStore ? { credsStore } : {}),
    credHelpers: credHelpers ?? {},
    readAuth: key => readAuth(auths?.[key], key, from),
  }
}

function readAuth(value: unknown, key: string, from: string): Credentials | undefined {
  if (value === null || value === undefined) return undefined
  const parsed = AUTH.safeParse(value)
  if (!parsed.success) rejectConfig(from, `the entry "${key}" of "auths" has a wrong shape`)
  const { auth, username, password, identitytoken, registrytoken } = parsed.data
  if (registrytoken) return { kind: 'registry-token', token: registrytoken }
  if (identitytoken) return { kind: 'identity-token', token: identitytoken }
  if (auth) return decodeAuth(auth, key, from)
  return username && password ? { kind: 'password', username, password } : undefined
}

function decodeAuth(auth: string, key: string, from: string): Credentials {
  const decoded = /^[A-Za-z0-9+/_-]+=*$/.test(auth) ? Buffer.from(auth, 'base64').toString('utf8') : ''
  const colon = decoded.indexOf(':')
  // Old versions of Docker padded the password with NUL bytes.
  const password = decoded.slice(colon + 1).replace(/\0+$/, '')
  if (colon < 1 || password === '') {
    rejectConfig(from, `"auth" of the entry "${key}" is not base64 of user:password`)
  }
  return { kind: 'password', username: decoded.slice(0, colon), password }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function rejectConfig(from: string, problem: string): never {
  throw new ArchparityError('CREDENTIALS_INVALID', `${from} does not hold usable credentials: ${problem}`, {
    hint: 'Correct it, or write it anew with `docker login`.',
    details: { from },
  })
}
