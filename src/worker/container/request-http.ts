import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import type { HttpObservation } from '../../model/observation.js'
import { ByteCollector, captureBytes } from '../exec/byte-collector.js'
import { CheckFailure } from '../failure.js'
import type { Route } from './reach-port.js'
import type { HttpResult } from './results.js'

/** Options of `http`; a path alone is a GET on the container's first port. */
export interface HttpOptions {
  readonly port?: number
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Milliseconds for one exchange; connecting is tried anew until the container is ready or this is over. */
  readonly timeoutMs?: number
}

/** An exchange as a check gets it and as it is recorded; `result` is absent where there was no answer. */
export interface HttpReading {
  readonly result?: HttpResult
  readonly observation: HttpObservation
}

/** Errors that a server which is still starting causes. */
const NOT_YET = /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|UND_ERR_SOCKET|UND_ERR_CONNECT_TIMEOUT/

/**
 * Sends one request by `route` and records it as if to the container's
 * own port. While nothing listens yet it tries again, for as long as `stillStarting` says so. Throws only a
 * CheckFailure, where what carries the request is at fault.
 */
export async function requestContainer(
  route: Pick<Route, 'origin' | 'dispatcher'>,
  shownOrigin: string,
  path: string,
  options: HttpOptions,
  limits: { timeoutMs: number; maxBytes: number; signal: AbortSignal; stillStarting: () => Promise<boolean> },
): Promise<HttpReading> {
  const method = (options.method ?? 'GET').toUpperCase()
  const url = `${shownOrigin}${path}`
  const began = performance.now()
  const timeoutMs = options.timeoutMs ?? limits.timeoutMs
  for (;;) {
    const left = timeoutMs - (performance.now() - began)
    const signal = AbortSignal.any([limits.signal, AbortSignal.timeout(Math.max(1, Math.ceil(left)))])
    try {
      const asking = request(`${route.origin}${path}`, {
        ...(route.dispatcher === undefined ? {} : { dispatcher: route.dispatcher }),
        method: method as 'GET',
        ...(options.headers === undefined ? {} : { headers: { ...options.headers } }),
        ...(options.body === undefined
          ? {}
          : { body: typeof options.body === 'string' ? options.body : Buffer.from(options.body) }),
        headersTimeout: Math.max(1, left),
        bodyTimeout: Math.max(1, left),
        signal,
      })
      const response = await unlessAborted(asking, signal)
      const body = new ByteCollector(limits.maxBytes)
      for await (const chunk of response.body) body.push(chunk as Buffer)
      const collected = body.finish()
      const headers = flattenHeaders(response.headers)
      return {
        observation: {
          kind: 'http',
          method,
          url,
          status: response.statusCode,
          headers,
          body: captureBytes(collected),
          durationMs: performance.now() - began,
        },
        result: {
          status: response.statusCode,
          headers,
          bytes: collected.kept,
          text: () => collected.kept.toString('utf8'),
          json: () => JSON.parse(collected.kept.toString('utf8')),
        },
      }
    } catch (error) {
      if (error instanceof CheckFailure) throw error
      const { code: known, name } = error as { code?: unknown; name: string }
      // A DOMException has a number for it.
      const code = typeof known === 'string' ? known : name
      const again = NOT_YET.test(code) && performance.now() - began < timeoutMs && !limits.signal.aborted
      if (again && (await limits.stillStarting())) {
        await sleep(50)
        continue
      }
      return {
        observation: {
          kind: 'http',
          method,
          url,
          error: code === 'AbortError' ? 'TimeoutError' : code,
          durationMs: performance.now() - began,
        },
      }
    }
  }
}

/** The client itself heeds a signal only once it is connected. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function flattenHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
  )
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
