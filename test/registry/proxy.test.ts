import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseReference } from '../../src/reference/parse-reference.js'
import { RegistryClient } from '../../src/registry/http/client.js'
import { type FaultyRegistry, startFaultyRegistry } from '../lab/faulty-registry.js'
import { catchFailure, createTestClock, makeImage, showFailure } from './synthetic.js'

const IMAGE = makeImage('linux/amd64')
const closing: (() => Promise<unknown>)[] = []
let secure: FaultyRegistry
let plain: FaultyRegistry
let seen: string[]
let proxy: string
let tunnels: boolean

beforeEach(async () => {
  secure = await startFaultyRegistry({ tls: true })
  plain = await startFaultyRegistry()
  for (const registry of [secure, plain]) {
    closing.push(() => registry.close())
    registry.store('lab/app', 'v1', IMAGE)
  }
  seen = []
  tunnels = true
  proxy = await startProxy()
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Forwards whatever host is asked for: tunnels to `secure`, plain requests to `plain`. */
async function startProxy(): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`)
    const { pathname } = new URL(incoming.url ?? '', 'http://none')
    const [host, port] = plain.host.split(':')
    const forwarded = request({ host, port, path: pathname, headers: incoming.headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    forwarded.end()
  })
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`)
    if (!tunnels) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
      return
    }
    const [host, port] = secure.host.split(':')
    const upstream = connectSocket(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    upstream.pipe(socket).pipe(upstream)
    for (const each of [upstream, socket]) each.on('error', () => undefined)
    sockets.add(upstream)
  })
  server.on('connection', socket => sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function connect(host: string, env: NodeJS.ProcessEnv, insecure = true): RegistryClient {
  const client = new RegistryClient(parseReference(`${host}/lab/app`), {
    clock: createTestClock(),
    env: { HOME: '/nonexistent', ...env },
    retry: { attempts: 1 },
    ...(insecure ? { insecureRegistries: [host] } : {}),
  })
  closing.push(() => client.close())
  return client
}

test('TLS goes through a tunnel of HTTPS_PROXY', async () => {
  const client = connect('registry.example', { HTTPS_PROXY: `http://${proxy}` })
  expect((await client.readManifestOf('v1')).digest).toBe(IMAGE.descriptor.digest)
  expect(new Set(seen)).toEqual(new Set(['CONNECT registry.example:443']))
})

test('the certificate is checked through a tunnel too', async () => {
  const error = await catchFailure(
    connect('registry.example', { https_proxy: `http://${proxy}` }, false).readManifestOf('v1'),
  )
  expect(error.code).toBe('REGISTRY_TLS')
  expect(secure.requests).toHaveLength(0)
})

test('plain HTTP is handed to HTTP_PROXY as a request', async () => {
  tunnels = false
  const client = connect('registry.example:5000', {
    HTTP_PROXY: `http://${proxy}`,
    HTTPS_PROXY: `http://${proxy}`,
  })
  expect((await client.readManifestOf('v1')).digest).toBe(IMAGE.descriptor.digest)
  expect(seen).toEqual([
    'CONNECT registry.example:5000',
    'GET http://registry.example:5000/v2/lab/app/manifests/v1',
  ])
})

test('NO_PROXY and loopback go past it', async () => {
  const env = { HTTPS_PROXY: `http://${proxy}`, HTTP_PROXY: `http://${proxy}` }
  await connect(plain.host, env).readManifestOf('v1')
  await catchFailure(connect('registry.invalid', { ...env, NO_PROXY: '.invalid' }).readManifestOf('v1'))
  expect(seen).toEqual([])
})

test('its password is in no message, whatever is wrong with it', async () => {
  tunnels = false
  for (const value of [
    `http://bob:s3cret@${proxy}`,
    'http://bob:s3cret@[bad',
    'bob:s3cret',
    'http://bob:s3cret@127.0.0.1:1',
  ]) {
    const error = await catchFailure(
      connect('registry.example', { HTTPS_PROXY: value }, false).readManifestOf('v1'),
    )
    expect(showFailure(error)).not.toContain('s3cret')
    expect(['REGISTRY_UNREACHABLE', 'CONFIG_INVALID', 'REGISTRY_FAILED']).toContain(error.code)
  }
})
