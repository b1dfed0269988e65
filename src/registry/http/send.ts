import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { request } from 'undici'
import { ArchparityError } from '../../errors.js'
import { describeConnectionFailure } from './connection-failure.js'
import { isLoopback } from './hosts.js'
import { redactUrl, sanitizeText } from './sanitize.js'
import type { Transport } from './transport.js'

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface Outgoing {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable & { dump(options?: { limit: number }): Promise<void> }
  /** Where the answer came from, after redirects. */
  readonly url: URL
  /** Whether that is the origin that was asked. */
  readonly sameOrigin: boolean
}

/**
 * Sends one request and follows redirects of a GET. The Authorization header goes to the origin that was asked and to
 * no other, even where a later redirect leads back. Throws what `describeConnectionFailure` words, and
 * `REGISTRY_FAILED` for a redirect that must not be followed.
 */
export async function send(outgoing: Outgoing, transport: Transport, signal?: AbortSignal): Promise<Answer> {
  let url = outgoing.url
  let headers: Record<string, string> = { ...outgoing.headers }
  for (let redirects = 0; ; redirects += 1) {
    const answer = await exchange({ ...outgoing, url, headers }, transport, signal)
    if (outgoing.method !== 'GET' || !REDIRECTS.has(answer.statusCode)) {
      const { statusCode: status, headers: received, body } = answer
      return { status, headers: received, body, url, sameOrigin: url.origin === outgoing.url.origin }
    }
    await answer.body.dump({ limit: 65_536 }).catch(() => undefined)
    if (redirects === MAX_REDIRECTS)
      rejectRedirect(outgoing.url, `redirects more than ${MAX_REDIRECTS} times`)
    const next = readLocation(answer.headers.location, url)
    rejectUnsafeHop(outgoing.url, next, transport)
    if (next.origin !== url.origin) headers = withoutAuthorization(headers)
    url = next
  }
}

async function exchange(outgoing: Outgoing, transport: Transport, signal?: AbortSignal) {
  try {
    const answer = await request(outgoing.url, {
      method: outgoing.method,
      headers: { 'user-agent': 'archparity', ...outgoing.headers },
      dispatcher: transport.selectDispatcher(outgoing.url),
      ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
      ...(signal === undefined ? {} : { signal }),
    })
    // A body that is given up unread fails too, and nobody would be listening.
    answer.body.on('error', () => undefined)
    return answer
  } catch (error) {
    signal?.throwIfAborted()
    throw describeConnectionFailure(error, outgoing.url)
  }
}

function readLocation(location: string | string[] | undefined, base: URL): URL {
  if (typeof location !== 'string' || !URL.canParse(location, base.href)) {
    rejectRedirect(base, 'redirects to nowhere: its Location header is missing or no URL')
  }
  const next = new URL(location, base)
  next.username = ''
  next.password = ''
  next.hash = ''
  return next
}

/**
 * Whether a registry may send us there: HTTP(S) only, never from TLS to plain HTTP, and never from elsewhere to a
 * service of this machine. Used for redirects and for token servers alike.
 */
export function rejectUnsafeHop(from: URL, to: URL, transport: Transport): void {
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    rejectRedirect(from, `points to ${sanitizeText(to.protocol, 40)}, which is not HTTP`)
  }
  if (isLoopback(to) && !isLoopback(from)) {
    rejectRedirect(from, `points to this machine (${redactUrl(to)}); that is not followed`)
  }
  if (to.protocol === 'http:' && from.protocol === 'https:' && !transport.allowsPlain(to)) {
    rejectRedirect(from, `points from TLS to plain HTTP (${redactUrl(to)}); that is not followed`)
  }
}

function rejectRedirect(from: URL, problem: string): never {
  throw new ArchparityError('REGISTRY_FAILED', `${redactUrl(from)} ${problem}`, {
    hint: 'Check how the registry, or the proxy in front of it, is configured.',
    details: { url: redactUrl(from) },
  })
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  )
}
