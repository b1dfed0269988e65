import { ArchparityError } from '../../errors.js'
import { sanitizeText } from '../http/sanitize.js'
import type { CredentialOptions, Credentials } from './credentials.js'

/** What helpers print, on stdout or stderr, for a registry that they know nothing of. */
const NOT_FOUND = /credentials not found|no credentials server URL/i

/**
 * Asks `docker-credential-<name> get` for a registry's credentials, by the protocol of docker-credential-helpers:
 * the server on stdin, JSON with Username and Secret on stdout. Undefined where the helper has none.
 * Throws `CREDENTIALS_INVALID` where it is missing, fails, hangs or prints something else; what it printed on stdout
 * is never shown, for it may be the secret.
 */
export async function runCredentialHelper(
  name: string,
  server: string,
  from: string,
  options: CredentialOptions,
): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    rejectHelper(sanitizeText(name, 60), from, 'that is not the name of a helper')
  }
  const program = `docker-credential-${name}`
  // Most registries need no helper, and what starts programs takes a tenth of a second to load.
  const { execa } = await import('execa')
  const result = await execa(program, ['get'], {
    input: server,
    env: options.env,
    extendEnv: false,
    timeout: options.helperTimeout,
    forceKillAfterDelay: 1000,
    maxBuffer: 1_000_000,
    reject: false,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  })
  options.signal?.throwIfAborted()
  if (result.code === 'ENOENT') rejectHelper(program, from, 'it is not installed')
  if (result.timedOut)
    rejectHelper(program, from, `it did not answer within ${options.helperTimeout / 1000} s`)
  if (result.isMaxBuffer) rejectHelper(program, from, 'it prints without end')
  if (result.failed) {
    if (NOT_FOUND.test(result.stdout ?? '') || NOT_FOUND.test(result.stderr ?? '')) return undefined
    const said = sanitizeText(result.stderr ?? '', 200)
    const how =
      result.exitCode === undefined ? 'it could not be run' : `it ended with exit code ${result.exitCode}`
    rejectHelper(program, from, said ? `${how} and said: ${said}` : how)
  }
  return readAnswer(result.stdout, program, from)
}

function readAnswer(stdout: string, program: string, from: string): Credentials | undefined {
  let answer: { Username?: unknown; Secret?: unknown } | null
  try {
    answer = JSON.parse(stdout)
  } catch {
    rejectHelper(program, from, 'what it prints is not JSON')
  }
  const { Username: username, Secret: secret } = answer ?? {}
  if (typeof username !== 'string' || typeof secret !== 'string') {
    rejectHelper(program, from, 'what it prints has no Username and Secret')
  }
  if (secret === '') return undefined
  // docker-credential-helpers' way to say that the secret is a refresh token.
  if (username === '<token>') return { kind: 'identity-token', token: secret }
  return username === '' ? undefined : { kind: 'password', username, password: secret }
}

function rejectHelper(program: string, from: string, problem: string): never {
  throw new ArchparityError(
    'CREDENTIALS_INVALID',
    `the credential helper ${program}, which ${from} names, does not work: ${problem}`,
    {
      hint: `Repair or install it, or remove it from "credsStore" or "credHelpers" in ${from} and run \`docker login\` again.`,
      details: { helper: program, from },
    },
  )
}
