import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ArchparityError } from '../../../src/errors.js'
import { connectHost } from '../../../src/hosts/connect-host.js'
import type { HostSpec } from '../../../src/hosts/host.js'
import { openConnection } from '../../../src/hosts/kinds/index.js'
import { type Certificates, makeCertificates } from '../../lab/hosts/certificates.js'
import { findHostProblem, HOST_START_MS } from '../../lab/hosts/requirements.js'
import { startTlsEngine, type TlsEngine } from '../../lab/hosts/tls-engine.js'
import { connectTestEngine } from '../../worker/test-container.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tcp-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const makeSpec = (endpoint: string, tls?: string): HostSpec => ({
  ...{ name: 'z', endpoint, from: 'host z', local: false },
  ...(tls === undefined ? {} : { tls }),
})
const openContext = () => ({ env: process.env, directory: folder })

/** The error that connecting ends with. */
async function fail(endpoint: string, tls?: string): Promise<ArchparityError> {
  try {
    const { close } = await connectHost(makeSpec(endpoint, tls), openContext())
    await close()
  } catch (error) {
    if (error instanceof ArchparityError) return error
    throw error
  }
  throw new Error('it was connected to')
}

/** Copies keys, with one file in the place of another. */
async function makeKeys(name: string, from: string, changes: Readonly<Record<string, string>> = {}) {
  const keys = path.join(folder, name)
  await mkdir(keys, { recursive: true })
  for (const file of ['ca.pem', 'cert.pem', 'key.pem'])
    await copyFile(changes[file] ?? path.join(from, file), path.join(keys, file))
  return keys
}

/** Listens on a free port until the test is over. */
async function listen(server: Server, address = '127.0.0.1'): Promise<string> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return `tcp://${address}:${(server.address() as AddressInfo).port}`
}

/** A port of the tests' own engine, without TLS. */
async function publishEngine(): Promise<string> {
  const { modem } = await connectTestEngine()
  const { socketPath } = modem as unknown as { socketPath: string }
  const server = createServer(near => {
    const far = connect(socketPath)
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => {})
    near.on('close', () => far.destroy())
  })
  return listen(server)
}

const problem = await findHostProblem('tls')

describe.skipIf(problem)('an engine behind TLS', () => {
  let engine: TlsEngine
  let certificates: Certificates
  /** The authority that the engine and its clients do not know. */
  let other: string
  beforeAll(async () => {
    engine = await startTlsEngine()
    certificates = engine.certificates
    other = path.join(certificates.client, '..', 'other', 'cert.pem')
  }, HOST_START_MS)
  afterAll(() => engine?.stop())

  test('is reached with the right keys, by a socket that needs none', async () => {
    const host = await connectHost(makeSpec(engine.endpoint, certificates.client), openContext())
    try {
      expect(host.dockerHost).toMatch(/^unix:\/\//)
      expect(host.facts).toMatchObject({
        name: 'z',
        kind: 'tcp',
        endpoint: engine.endpoint,
        sameKernel: false,
      })
      expect((await host.engine.info()).Name).toBe('lab-tls')
    } finally {
      await host.close()
    }
    await expect(host.engine.ping()).rejects.toThrow()
  })

  test('a host that is severed fails what waits for it, and takes nothing more', async () => {
    const host = await connectHost(makeSpec(engine.endpoint, certificates.client), openContext())
    try {
      const events = (await host.engine.getEvents()) as unknown as NodeJS.ReadableStream
      const ended = new Promise(resolve => {
        events.once('error', resolve)
        events.once('close', resolve)
      })
      host.sever()
      await ended
      await expect(host.engine.ping()).rejects.toThrow()
    } finally {
      await host.close()
    }
  })

  test('ca.pem is of another authority', async () => {
    const keys = await makeKeys('wrong-ca', certificates.client, { 'ca.pem': other })
    expect(await fail(engine.endpoint, keys)).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringMatching(
        /^Host z: tcp:\/\/127\.0\.0\.1:\d+ \(from host z\) cannot be reached: .*(certificate|signature)/,
      ),
      hint: expect.stringContaining(`does not hold against ca.pem of ${keys}`),
    })
  })

  test('cert.pem is of another authority', async () => {
    const error = await fail(engine.endpoint, certificates.stranger)
    expect(error.code).toBe('ENGINE_UNAVAILABLE')
    expect(error.hint).toContain(`does not take cert.pem of ${certificates.stranger}`)
  })

  test('cert.pem has expired', async () => {
    const keys = await makeKeys('expired', certificates.client)
    const find = (...names: string[]) => path.join(certificates.client, ...names)
    await writeFile(path.join(keys, 'extensions'), 'extendedKeyUsage=clientAuth\n')
    await execa('openssl', [
      ...['x509', '-req', '-in', find('request'), '-days', '0', '-out', path.join(keys, 'cert.pem')],
      ...['-CA', find('..', 'ca', 'cert.pem'), '-CAkey', find('..', 'ca', 'key.pem'), '-CAcreateserial'],
      ...['-extfile', path.join(keys, 'extensions')],
    ])
    // It is valid for the second in which it was made.
    await new Promise(resolve => setTimeout(resolve, 1500))
    const error = await fail(engine.endpoint, keys)
    expect(error.code).toBe('ENGINE_UNAVAILABLE')
    expect(error.hint).toContain('valid today')
    expect(error.hint).toContain(`does not take cert.pem of ${keys}`)
  })

  test('cert.pem is one for servers', async () => {
    const error = await fail(engine.endpoint, certificates.server)
    expect(error.hint).toContain(`does not take cert.pem of ${certificates.server}: it must be signed by`)
  })

  test('no keys at all: it is told that they are needed', async () => {
    const error = await fail(engine.endpoint)
    expect(error.message).toContain('it speaks TLS, and was spoken to without')
    expect(error.hint).toContain('tls=FOLDER')
    const spec = { ...makeSpec(engine.endpoint), from: 'DOCKER_HOST', local: true }
    await expect(connectHost(spec, openContext())).rejects.toMatchObject({
      hint: expect.stringContaining('DOCKER_TLS_VERIFY=1'),
    })
  })

  test('the name by which it is reached is not in its certificate', async () => {
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'cert.pem', 'key.pem'].map(name => readFile(path.join(certificates.server, name))),
    )
    const server = createTlsServer({ ca, cert, key })
    server.on('tlsClientError', () => {})
    const error = await fail(await listen(server, '127.0.0.2'), certificates.client)
    expect(error.message).toContain('127.0.0.2')
    expect(error.hint).toContain('subjectAltName')
  })
})

describe('keys that cannot be used', () => {
  let certificates: Certificates
  beforeAll(async () => {
    certificates = await makeCertificates(path.join(folder, 'made'))
  })

  test.each(['ca.pem', 'cert.pem', 'key.pem'])('%s is missing', async name => {
    const keys = await makeKeys(`without-${name}`, certificates.client)
    await rm(path.join(keys, name))
    expect(await fail('tcp://127.0.0.1:9', keys)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(path.join(keys, name)),
      hint: expect.stringContaining('must hold ca.pem, cert.pem and key.pem'),
    })
  })

  test.each(['cert.pem', 'key.pem'])('%s is no PEM', async name => {
    const keys = await makeKeys(`bad-${name}`, certificates.client)
    await writeFile(path.join(keys, name), 'not a key\n')
    expect(await fail('tcp://127.0.0.1:9', keys)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`the keys in ${keys} cannot be used`),
    })
  })

  test('key.pem is that of another certificate', async () => {
    const changes = { 'key.pem': path.join(certificates.stranger, 'key.pem') }
    const keys = await makeKeys('mixed', certificates.client, changes)
    expect(await fail('tcp://127.0.0.1:9', keys)).toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringContaining('must be the key of cert.pem'),
    })
  })

  test('an engine without TLS is not spoken to with it', async () => {
    const error = await fail(await publishEngine(), certificates.client)
    expect(error.code).toBe('ENGINE_UNAVAILABLE')
    expect(error.hint).toContain('speaks no TLS')
  })
})

describe('without TLS', () => {
  test('an engine is reached, and its ports at its own address only', async () => {
    const endpoint = await publishEngine()
    const host = await connectHost(makeSpec(endpoint), openContext())
    try {
      expect(host.facts).toMatchObject({ kind: 'tcp', endpoint, os: 'linux' })
      expect(JSON.stringify(host.reach)).not.toContain('0.0.0.0')
    } finally {
      await host.close()
    }
  })

  test('a port where nothing listens', async () => {
    expect(await fail('tcp://127.0.0.1:9')).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining('Nothing listens there'),
    })
  })

  test('a port that ends every connection', async () => {
    const error = await fail(await listen(createServer(socket => socket.end())))
    expect(error.message).toMatch(/without a word|ECONNRESET|EPIPE/)
  })

  test('a port of something else', async () => {
    const server = createServer(socket => {
      socket.end('SSH-2.0-OpenSSH_9.2\r\n')
    })
    expect((await fail(await listen(server))).message).toContain('no container engine')
  })

  test('a web server that is no engine', async () => {
    const server = createServer(socket => {
      socket.once('data', () => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno'))
    })
    expect(await fail(await listen(server))).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('No container engine answers'),
    })
  })
})

test.each([
  ...['tcp://', 'tcp://:2376', 'tcp://z:0', 'tcp://z:65536', 'tcp://z:port', 'tcp://z/path', 'tcp://a:b:c'],
  ...['tcp://me:s3cret@z:2376', 'http://me:s3cret@z'],
])('%s is refused', async endpoint => {
  const error = await fail(endpoint)
  expect(error).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('no tcp://HOST:PORT'),
  })
  expect(error.message).not.toContain('s3cret')
})

test('https:// without keys is refused, and never spoken to without TLS', async () => {
  expect(await fail('https://127.0.0.1:9')).toMatchObject({
    code: 'CONFIG_INVALID',
    hint: expect.stringContaining('tls=FOLDER'),
  })
})

test.each(['gopher://z', 'constructor://z', '__proto__://z', 'context:z', ''])(
  'an endpoint %j of no known kind is refused with those that there are',
  async endpoint => {
    await expect(openConnection(makeSpec(endpoint), openContext())).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      hint: 'Use one of: http://, https://, npipe://, ssh://, tcp://, unix://.',
    })
  },
)
