import { z } from 'zod'
import { ArchparityError, type ErrorCode } from '../../errors.js'
import { describeAnswerFailure } from '../http/answer-failure.js'
import type { Clock } from '../http/clock.js'
import { BodyTooLarge, readBody } from '../http/read-body.js'
import { redactUrl } from '../http/sanitize.js'
import { type Answer, type Outgoing, rejectUnsafeHop, send } from '../http/send.js'
import type { Transport } from '../http/transport.js'
import type { Challenge } from './challenge.js'
import type { Credentials } from './credentials.js'

export interface BearerToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface TokenRequest {
  readonly challenge: Challenge
  /** `docker.io`, for messages. */
  readonly registry: string
  readonly repository: string
  /** Below the host: `library/node`. */
  readonly path: string
  /** Where the challenge came from. */
  readonly askedBy: URL
  readonly credentials: Credentials | undefined
  readonly transport: Transport
  readonly clock: Clock
  /** Milliseconds. */
  readonly timeout: number
  readonly signal?: AbortSignal
}

/** distribution, "Token Authentication": where no life is stated, 60 seconds; nor is a shorter one heeded. */
const SHORTEST_LIFE = 60
/** Seconds before its end at which a token counts as spent. */
const MARGIN = 5
const LIMIT = 1_048_576

const ANSWER = z.looseObject({
  token: z.string().nullish(),
  access_token: z.string().nullish(),
  expires_in: z.number().nullish(),
})

/**
 * Gets a bearer token for one repository (distribution, "Token Authentication Specification" and "Oauth2 Token
 * Authentication"): by GET, with Basic authentication where there is a password; by POST where there is a refresh
 * token. Throws what `describeAnswerFailure` words, and `REGISTRY_FAILED` where the token server is not fit for use.
 */
export async function fetchToken(asked: TokenRequest): Promise<BearerToken> {
  const realm = readRealm(asked)
  const outgoing =
    asked.credentials?.kind === 'identity-token'
      ? refresh(realm, asked, asked.credentials.token)
      : query(realm, asked)
  const answer = await send(outgoing, asked.transport, asked.signal)
  if (answer.status !== 200) throw await describeRefusal(answer, realm, asked)
  const bounds = { limit: LIMIT, time: asked.timeout, clock: asked.clock }
  const bytes = await readBody(answer.body, bounds, answer.url).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) rejectServer(realm, 'answers without end')
    throw error
  })
  return readToken(bytes, realm, asked.clock)
}

/** 4xx of a token server speak of the account, not of a manifest: they are worded here. */
async function describeRefusal(answer: Answer, realm: URL, asked: TokenRequest): Promise<Error> {
  const wanted = { registry: asked.registry, repository: asked.repository, what: 'a token' }
  const failure = await describeAnswerFailure(answer, wanted, asked.clock)
  if (!(failure instanceof ArchparityError)) return failure
  const code: ErrorCode =
    answer.status === 401
      ? 'REGISTRY_UNAUTHORIZED'
      : answer.status === 403
        ? 'REGISTRY_DENIED'
        : 'REGISTRY_FAILED'
  const { registryMessage } = failure.details
  const said = typeof registryMessage === 'string' ? ` ("${registryMessage}")` : ''
  return new ArchparityError(
    code,
    `the token server ${redactUrl(realm)} of ${asked.registry} answers ${answer.status}${said}`,
    { hint: `Log in again: docker login ${asked.registry}`, details: failure.details },
  )
}

function readRealm({ challenge, askedBy, transport, registry }: TokenRequest): URL {
  const text = challenge.parameters.realm
  if (!text || !URL.canParse(text)) {
    throw new ArchparityError(
      'REGISTRY_FAILED',
      `${registry} asks for a token without saying where to get one`,
      {
        hint: 'The registry, or a proxy in front of it, is set up wrongly.',
        details: { url: redactUrl(askedBy) },
      },
    )
  }
  const realm = new URL(text)
  rejectUnsafeHop(askedBy, realm, transport)
  realm.username = ''
  realm.password = ''
  // Plain HTTP within one machine is what an insecure registry with its own token server does.
  if (realm.protocol === 'http:' && realm.hostname !== askedBy.hostname && !transport.allowsPlain(realm)) {
    rejectServer(realm, 'does not use TLS, so that no credentials are sent there')
  }
  return realm
}

function query(realm: URL, { challenge, path, credentials }: TokenRequest): Outgoing {
  const url = new URL(realm)
  if (challenge.parameters.service !== undefined)
    url.searchParams.set('service', challenge.parameters.service)
  url.searchParams.set('scope', chooseScope(challenge, path))
  if (credentials?.kind !== 'password') return { url, method: 'GET', headers: {} }
  url.searchParams.set('account', credentials.username)
  return { url, method: 'GET', headers: { authorization: formatBasic(credentials) } }
}

function refresh(realm: URL, { challenge, path }: TokenRequest, token: string): Outgoing {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: challenge.parameters.service ?? '',
    client_id: 'archparity',
    scope: chooseScope(challenge, path),
    refresh_token: token,
  })
  return {
    url: realm,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  }
}

/** The scope that the registry names, where it is for reading; never a right to write, whoever asks for it. */
function chooseScope(challenge: Challenge, path: string): string {
  const scope = challenge.parameters.scope
  return scope !== undefined && /^repository:[^\s:]+:pull$/.test(scope) ? scope : `repository:${path}:pull`
}

/** The value of a Basic Authorization header (RFC 7617). */
export function formatBasic(credentials: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')}`
}

function readToken(bytes: Buffer, realm: URL, clock: Clock): BearerToken {
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch {
    rejectServer(realm, 'does not answer with JSON')
  }
  const parsed = ANSWER.safeParse(json)
  const token = parsed.success ? parsed.data.token || parsed.data.access_token : undefined
  if (!parsed.success || !token || !/^[\x21-\x7e]+$/.test(token)) rejectServer(realm, 'gives no usable token')
  const life = Math.max(SHORTEST_LIFE, parsed.data.expires_in ?? 0)
  return { token, expiresAt: clock.now() + (life - MARGIN) * 1000 }
}

function rejectServer(realm: URL, problem: string): never {
  throw new ArchparityError('REGISTRY_FAILED', `the token server ${redactUrl(realm)} ${problem}`, {
    hint: 'The registry names this server; check how the registry is set up.',
    details: { url: redactUrl(realm) },
  })
}
