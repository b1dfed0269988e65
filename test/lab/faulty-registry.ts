import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { digestBytes } from './digest-bytes.js'
import type { Content } from './image-writer.js'

/** A request as it arrived. */
export interface Recorded {
  readonly method: string
  readonly path: string
  /** Path with query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Answers instead of the registry; one that returns false lets it answer after all. */
export type Fault = (request: Recorded, response: ServerResponse, registry: FaultyRegistry) => boolean

export interface FaultyRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly origin: string
  readonly requests: readonly Recorded[]
  /** Stores an image under a repository and a tag, without any check. */
  store(repository: string, tag: string, content: Content): void
  /** Serves any bytes at a path. */
  serve(path: string, bytes: Buffer, headers?: Record<string, string>): void
  /** Puts a fault in front of those that are there. */
  misbehave(fault: Fault): void
  close(): Promise<void>
}

interface Stored {
  readonly bytes: Buffer
  readonly headers: Record<string, string>
}

/** Where the certificate and the key of TLS servers lie; made for tests, trusted by nobody. */
export const TLS_FIXTURE = {
  cert: new URL('../registry/fixtures/tls/cert.pem', import.meta.url),
  key: new URL('../registry/fixtures/tls/key.pem', import.meta.url),
}

/**
 * Starts a registry inside this process that serves what it is given, byte for byte, and misbehaves as told. It never
 * checks a digest, and it records what it is sent.
 */
export async function startFaultyRegistry(options: { readonly tls?: boolean } = {}): Promise<FaultyRegistry> {
  const stored = new Map<string, Stored>()
  const faults: Fault[] = []
  const requests: Recorded[] = []
  const sockets = new Set<Socket>()
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    readRequest(request).then(
      recorded => {
        requests.push(recorded)
        if (!faults.some(fault => fault(recorded, response, registry))) answer(recorded, response, stored)
      },
      () => response.destroy(),
    )
  }
  const server = options.tls
    ? createHttps({ cert: readFileSync(TLS_FIXTURE.cert), key: readFileSync(TLS_FIXTURE.key) }, listen)
    : createHttp(listen)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const registry: FaultyRegistry = {
    host,
    origin: `${options.tls ? 'https' : 'http'}://${host}`,
    requests,
    store: (repository, tag, content) => {
      for (const { kind, digest, bytes, mediaType } of content.parts) {
        const path = `/v2/${repository}/${kind === 'manifest' ? 'manifests' : 'blobs'}/`
        const headers = { 'content-type': mediaType, 'docker-content-digest': digest }
        stored.set(path + digest, { bytes, headers })
        if (digest === content.descriptor.digest) stored.set(path + tag, { bytes, headers })
      }
    },
    serve: (path, bytes, headers = {}) => stored.set(path, { bytes, headers }),
    misbehave: fault => faults.unshift(fault),
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  return registry
}

async function readRequest(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const url = request.url ?? '/'
  return {
    method: request.method ?? '',
    path: decodeURIComponent(url.split('?')[0] ?? ''),
    url,
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  }
}

function answer(request: Recorded, response: ServerResponse, stored: ReadonlyMap<string, Stored>): void {
  if (request.path === '/v2/') {
    response.end('{}')
    return
  }
  const found = stored.get(request.path)
  if (found === undefined) {
    refuse(
      response,
      404,
      request.path.includes('/manifests/') ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN',
      'not here',
    )
    return
  }
  const from = Number(/^bytes=(\d+)-$/.exec(String(request.headers.range ?? ''))?.[1] ?? 0)
  const { length } = found.bytes
  const range = from === 0 ? {} : { 'content-range': `bytes ${from}-${length - 1}/${length}` }
  response.writeHead(from === 0 ? 200 : 206, { ...found.headers, ...range, 'content-length': length - from })
  response.end(found.bytes.subarray(from))
}

/** Answers with an error of the distribution specification. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ errors: [{ code, message }] }))
  return true
}

/** Misbehaves only for paths that match, and only so many times. */
export function onPath(pattern: RegExp, fault: Fault, times = Number.POSITIVE_INFINITY): Fault {
  let left = times
  return (request, response, registry) => {
    if (left <= 0 || !pattern.test(request.path)) return false
    left -= 1
    return fault(request, response, registry)
  }
}

/** Answers with a status, for example 429 with Retry-After. */
export function answerStatus(status: number, headers: Record<string, string> = {}): Fault {
  return (_request, response) =>
    refuse(response, status, status === 429 ? 'TOOMANYREQUESTS' : 'UNKNOWN', 'no', headers)
}

/** Drops the connection before any answer. */
export const resetConnection: Fault = (_request, response) => {
  response.socket?.resetAndDestroy()
  return true
}

/** Takes the request and never answers. */
export const neverAnswer: Fault = () => true

/** Sends the headers and the first bytes of what a path holds, and breaks off as `end` says. */
export function breakOff(bytes: Buffer, after: number, end: 'reset' | 'stall'): Fault {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(String(request.headers.range ?? ''))?.[1] ?? 0)
    response.writeHead(from === 0 ? 200 : 206, {
      'content-length': bytes.length - from,
      ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    response.write(bytes.subarray(from, from + after), () => {
      // What was written must reach the other side before the reset overtakes it.
      if (end === 'reset') setTimeout(() => response.socket?.resetAndDestroy(), 20)
    })
    return true
  }
}

/** Sends other bytes than those that are stored, consistent in themselves. */
export function answerBytes(bytes: Buffer, headers: Record<string, string> = {}): Fault {
  return (_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': bytes.length })
    response.end(bytes)
    return true
  }
}

/** Redirects to the same path at another origin, or to a URL that `to` makes of the request. */
export function redirectTo(to: string | ((request: Recorded) => string), status = 307): Fault {
  return (request, response) => {
    response.writeHead(status, { location: typeof to === 'string' ? to + request.url : to(request) })
    response.end('moved')
    return true
  }
}

/** Sends JSON that never ends, or ends far beyond any limit. */
export function answerGiant(bytes: number): Fault {
  return (_request, response) => {
    const block = Buffer.alloc(65_536, ' ')
    let left = bytes
    const pump = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= block.length
        if (!response.write(block)) {
          response.once('drain', pump)
          return
        }
      }
      response.end()
    }
    response.writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' })
    pump()
    return true
  }
}

export interface TokenServerOptions {
  /** `user:password` that gets a token; anybody where it is absent. */
  readonly account?: string
  readonly refreshToken?: string
  /** `expires_in`, seconds. */
  readonly life?: number
  /** The registry that serves `/token`; the one that asks by default. */
  readonly realm?: string
  readonly challenge?: (realm: string) => string
}

export interface TokenServer {
  /** Answers everything below /v2/ with 401 until a valid token is sent, and gives tokens at /token. */
  readonly fault: Fault
  /** Every token given so far is void from now on. */
  revoke(): void
  readonly given: readonly string[]
}

/** Makes a registry demand bearer tokens (distribution, "Token Authentication Specification"). */
export function demandToken(options: TokenServerOptions = {}): TokenServer {
  const given: string[] = []
  const valid = new Set<string>()
  const fault: Fault = (request, response, registry) => {
    const realm = options.realm ?? `${registry.origin}/token`
    if (request.path === '/token') {
      if (!mayHaveToken(request, options))
        return refuse(response, 401, 'UNAUTHORIZED', 'incorrect username or password')
      const token = `token-${given.length + 1}-${digestBytes(Buffer.from(request.url + request.body)).slice(7, 15)}`
      given.push(token)
      valid.add(token)
      response.end(
        JSON.stringify({ token, ...(options.life === undefined ? {} : { expires_in: options.life }) }),
      )
      return true
    }
    const token = /^Bearer (.+)$/.exec(String(request.headers.authorization ?? ''))?.[1]
    if (token !== undefined && valid.has(token)) return false
    const challenge =
      options.challenge?.(realm) ?? `Bearer realm="${realm}",service="lab",scope="repository:x:pull,push"`
    return refuse(response, 401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge })
  }
  return { fault, revoke: () => valid.clear(), given }
}

function mayHaveToken(request: Recorded, { account, refreshToken }: TokenServerOptions): boolean {
  if (request.method === 'POST') {
    const form = new URLSearchParams(request.body)
    return form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === refreshToken
  }
  if (account === undefined) return refreshToken === undefined
  return request.headers.authorization === `Basic ${Buffer.from(account).toString('base64')}`
}
