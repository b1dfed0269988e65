import { Buffer } from 'node:buffer'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { readContainerUrl } from '../../suites/goss/subjects.js'
import { openEngineRoute } from '../container/engine-route.js'
import { type HttpReading, requestContainer } from '../container/request-http.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import { ENGINE_ALLOWANCE_MS } from './container-network.js'
import type { Look, Sight } from './look.js'

/** As Go's client. */
const MAX_REDIRECTS = 10
const REDIRECTS = [301, 302, 303, 307, 308]

/** Asks the container itself, as from inside it: what listens at `localhost` alone answers too. */
export async function lookAtHttp(check: GossCheck, look: Look): Promise<Sight> {
  let url = readContainerUrl(check.subject)
  let method = String(check.settings.method || 'GET').toUpperCase()
  let body = check.settings['request-body'] as string | undefined
  for (let count = 0; ; count += 1) {
    const reading = await request(check, url, method, body, look)
    const { result, observation } = reading
    if (result === undefined)
      return {
        found: { status: { problem: `no answer: ${observation.error}` } },
        observations: [observation],
      }
    const location = result.headers.location
    const follows = check.settings['no-follow-redirects'] !== true && REDIRECTS.includes(result.status)
    if (!follows || location === undefined) return describeAnswer(reading)
    const next = followLocation(location, url)
    const problem = count >= MAX_REDIRECTS ? 'it leads from one page to another without end' : next.problem
    if (problem !== undefined) return { found: { status: { problem } }, observations: [observation] }
    url = next.url as URL
    if (result.status < 307 && method !== 'HEAD') {
      method = 'GET'
      body = undefined
    }
  }
}

function followLocation(location: string, from: URL): { url?: URL; problem?: string } {
  try {
    return { url: readContainerUrl(new URL(location, from).href) }
  } catch (error) {
    return { problem: `it leads to ${JSON.stringify(location)}: ${(error as Error).message}` }
  }
}

async function request(
  check: GossCheck,
  url: URL,
  method: string,
  body: string | undefined,
  { handle, signal }: Look,
): Promise<HttpReading> {
  const { engine, context } = getWorker()
  const { dispatcher } = await openEngineRoute(engine, handle, context.reach.architecture, context.labels)
  return requestContainer(
    { origin: `http://127.0.0.1:${url.port || '80'}`, dispatcher },
    `http://container:${url.port || '80'}`,
    `${url.pathname}${url.search}`,
    { method, headers: makeHeaders(check, url), ...(body === undefined || body === '' ? {} : { body }) },
    {
      timeoutMs: (check.timeoutMs ?? 5000) * context.timeScale + ENGINE_ALLOWANCE_MS,
      maxBytes: context.limits.maxOutputBytes,
      signal,
      // Whoever asks tries again.
      stillStarting: async () => false,
    },
  )
}

function makeHeaders(check: GossCheck, url: URL): Record<string, string> {
  const headers: Record<string, string> = { host: url.host }
  const { username = '', password = '' } = check.settings as Record<string, string>
  if (username !== '' || password !== '')
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const own = new Set<string>()
  for (const line of (check.settings['request-headers'] ?? []) as readonly string[]) {
    const [name = '', value = ''] = line.split(/: (.*)/s)
    const key = name.toLowerCase()
    // As in goss, the first Host counts, and other headers may come several times.
    if (!own.has(key)) headers[key] = value
    else if (key !== 'host') headers[key] += `, ${value}`
    own.add(key)
  }
  return headers
}

function describeAnswer({ result, observation }: HttpReading): Sight {
  const { status, headers, bytes } = result as NonNullable<HttpReading['result']>
  if (observation.body?.truncated)
    throw new CheckFailure(
      'exception',
      'OUTPUT_TRUNCATED',
      'The answer is longer than what is kept of it, so it cannot be judged: raise maxOutput',
    )
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    listValues(name, value).map(each => `${capitalize(name)}: ${each}`),
  )
  return {
    found: {
      status: { value: status },
      headers: { text: lines.join('\n') },
      body: { text: Buffer.from(bytes).toString('utf8') },
    },
    observations: [observation],
  }
}

/** Cookies are a line each; other headers that come several times mean the same when they are joined. */
const listValues = (name: string, value: string): string[] =>
  name === 'set-cookie' ? value.split(/, (?=[^\s;,=]+=)/) : [value]

/** A header's name as Go writes it. */
const capitalize = (name: string): string => name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase())
