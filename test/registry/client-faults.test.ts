import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseReference } from '../../src/reference/parse-reference.js'
import { RegistryClient } from '../../src/registry/http/client.js'
import type { RegistryOptions } from '../../src/registry/options.js'
import { digestBytes } from '../lab/digest-bytes.js'
import {
  answerBytes,
  answerGiant,
  answerStatus,
  breakOff,
  type FaultyRegistry,
  neverAnswer,
  onPath,
  redirectTo,
  refuse,
  resetConnection,
  startFaultyRegistry,
} from '../lab/faulty-registry.js'
import {
  catchFailure,
  createTestClock,
  makeImage,
  makeNoise,
  readAll,
  readFixture,
  showFailure,
} from './synthetic.js'

const IMAGE = makeImage('linux/amd64')
const NOISE = makeNoise(300_000)
const BLOB = { mediaType: 'application/octet-stream', digest: digestBytes(NOISE), size: NOISE.length }

let registry: FaultyRegistry
const closing: (() => Promise<unknown>)[] = []
let clock: ReturnType<typeof createTestClock>

beforeEach(async () => {
  registry = await startRegistry()
  registry.store('lab/app', 'v1', IMAGE)
  registry.serve(`/v2/lab/app/blobs/${BLOB.digest}`, NOISE)
  clock = createTestClock()
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function startRegistry(options: { readonly tls?: boolean } = {}): Promise<FaultyRegistry> {
  const started = await startFaultyRegistry(options)
  closing.push(() => started.close())
  return started
}

function connect(options: RegistryOptions = {}, text = `${registry.host}/lab/app`): RegistryClient {
  const client = new RegistryClient(parseReference(text), {
    clock,
    env: { HOME: '/nonexistent' },
    certificatesDirectory: '/nonexistent',
    ...options,
  })
  closing.push(() => client.close())
  return client
}

describe('tries again', () => {
  test('after 429, for as long as Retry-After asks, in seconds and as a date', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(429, { 'retry-after': '7' }), 1))
    await connect().readManifestOf('v1')
    expect(clock.slept).toEqual([7000])
    const date = new Date(clock.now() + 9000).toUTCString()
    registry.misbehave(onPath(/manifests/, answerStatus(429, { 'retry-after': date }), 1))
    await connect().readManifestOf('v1')
    expect(clock.slept[1]).toBe(9000)
  })

  test('after 5xx, resets and silence, with growing pauses', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(503), 1))
    registry.misbehave(onPath(/manifests/, resetConnection, 1))
    registry.misbehave(onPath(/manifests/, neverAnswer, 1))
    const { digest } = await connect({ timeouts: { headers: 100 } }).readManifestOf('v1')
    expect(digest).toBe(IMAGE.descriptor.digest)
    expect(clock.slept).toEqual([250, 500, 1000])
  })

  test('a bounded number of times, and then says how often', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(502)))
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_FAILED')
    expect(error.message).toContain('answers 502')
    expect(error.message).toContain('5 times in a row')
    expect(registry.requests).toHaveLength(5)
    expect(error.details).toMatchObject({ status: 502, attempts: 5 })
  })

  test('not where Retry-After asks for more patience than there is', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(429, { 'retry-after': '3600' })))
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.message).toContain('asks to wait 3600 s')
    expect(error.hint).toContain('docker login')
    expect(clock.slept).toEqual([])
  })

  test('not where it asks for more than is waited for at once, although the total would allow it', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(429, { 'retry-after': '90' })))
    await catchFailure(connect().readManifestOf('v1'))
    expect(clock.slept).toEqual([])
  })

  test('not beyond the total time', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(429, { 'retry-after': '50' })))
    await catchFailure(connect().readManifestOf('v1'))
    expect(clock.slept).toEqual([50_000, 50_000])
  })

  test('not after an answer that will not change', async () => {
    registry.misbehave(onPath(/manifests/, answerStatus(400)))
    await catchFailure(connect().readManifestOf('v1'))
    expect(registry.requests).toHaveLength(1)
  })
})

describe('reads a blob', () => {
  test.each(['reset', 'stall'] as const)('on from where it broke off (%s)', async end => {
    registry.misbehave(onPath(/blobs/, breakOff(NOISE, 100_000, end), 2))
    const client = connect({ timeouts: { idle: 100 } })
    expect((await readAll(await client.readBlob(BLOB))).equals(NOISE)).toBe(true)
    const ranges = registry.requests.map(({ headers }) => headers.range)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1)).toEqual(['bytes=100000-', 'bytes=200000-'])
  })

  test('to the end where the registry ignores ranges and starts over', async () => {
    registry.misbehave((request, response) => {
      if (request.headers.range === undefined)
        return breakOff(NOISE, 100_000, 'reset')(request, response, registry)
      return answerBytes(NOISE)(request, response, registry)
    })
    expect((await readAll(await connect().readBlob(BLOB))).equals(NOISE)).toBe(true)
  })

  test('and refuses a range that leaves a hole', async () => {
    registry.misbehave((request, response) => {
      if (request.headers.range === undefined)
        return breakOff(NOISE, 100_000, 'reset')(request, response, registry)
      response.writeHead(206, { 'content-range': `bytes 150000-${NOISE.length - 1}/${NOISE.length}` })
      response.end(NOISE.subarray(150_000))
      return true
    })
    const error = await catchFailure(connect().readBlob(BLOB).then(readAll))
    expect(error.message).toContain('another range')
  })

  test('and gives up where nothing more comes through', async () => {
    registry.misbehave((request, response) => {
      if (request.headers.range === undefined)
        return breakOff(NOISE, 100_000, 'reset')(request, response, registry)
      return breakOff(NOISE, 0, 'reset')(request, response, registry)
    })
    const error = await catchFailure(connect().readBlob(BLOB).then(readAll))
    expect(error.code).toBe('REGISTRY_UNREACHABLE')
    expect(registry.requests.length).toBeLessThan(10)
  })

  test('and gives up on one that drips for ever', async () => {
    registry.misbehave(onPath(/blobs/, breakOff(NOISE, 1, 'reset')))
    const error = await catchFailure(connect().readBlob(BLOB).then(readAll))
    expect(error.code).toBe('REGISTRY_UNREACHABLE')
    expect(registry.requests).toHaveLength(21)
  })

  test.each([
    [
      'altered',
      Buffer.concat([NOISE.subarray(0, -1), Buffer.from([NOISE.at(-1) === 0 ? 1 : 0])]),
      'its bytes have',
    ],
    ['truncated', NOISE.subarray(0, -1), 'it ends after 299999 of 300000 bytes'],
    ['longer', Buffer.concat([NOISE, NOISE]), 'longer than 300000 bytes'],
  ])('and refuses one that is %s', async (_name, bytes, problem) => {
    registry.misbehave(onPath(/blobs/, answerBytes(bytes)))
    const stream = await connect().readBlob(BLOB)
    const chunks: Buffer[] = []
    stream.on('data', chunk => chunks.push(chunk))
    const error = await catchFailure(
      new Promise((resolve, reject) => {
        stream.on('end', resolve)
        stream.on('error', reject)
      }),
    )
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(error.message).toContain(problem)
    expect(Buffer.concat(chunks).length).toBeLessThanOrEqual(NOISE.length)
  })

  test('and leaves no connection where nobody reads it', async () => {
    const client = connect()
    const stream = await client.readBlob(BLOB)
    stream.destroy()
    await client.readManifestOf('v1')
  })

  test('of no bytes', async () => {
    const empty = { mediaType: '', digest: digestBytes(Buffer.alloc(0)), size: 0 }
    registry.serve(`/v2/lab/app/blobs/${empty.digest}`, Buffer.alloc(0))
    expect(await readAll(await connect().readBlob(empty))).toHaveLength(0)
  })
})

describe('trusts no bytes of a manifest', () => {
  const other = makeImage('linux/arm64').parts.at(-1)?.bytes ?? Buffer.alloc(0)

  test('that has not the digest that was asked for', async () => {
    registry.misbehave(onPath(/manifests/, answerBytes(other)))
    const error = await catchFailure(connect().readManifest(IMAGE.descriptor.digest))
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(error.message).toContain(IMAGE.descriptor.digest)
    expect(registry.requests).toHaveLength(1)
  })

  test('that has not the digest of its own header', async () => {
    registry.misbehave(
      onPath(/manifests/, answerBytes(other, { 'docker-content-digest': IMAGE.descriptor.digest })),
    )
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('DIGEST_MISMATCH')
  })

  test('that is larger than a manifest may be, without reading it all', async () => {
    registry.misbehave(onPath(/manifests/, answerGiant(1_000_000_000)))
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('MANIFEST_INVALID')
    expect(error.message).toContain('4 MiB')
  })

  test('that trickles in for ever', async () => {
    registry.misbehave(
      onPath(/manifests/, (_request, response) => {
        response.writeHead(200)
        const timer = setInterval(() => {
          clock.advance(10_000)
          response.write(' ')
        }, 2)
        response.on('close', () => clearInterval(timer))
        return true
      }),
    )
    const error = await catchFailure(connect({ retry: { attempts: 1 } }).readManifestOf('v1'))
    expect(error.message).toContain('not complete after 60 s')
  })
})

describe('follows redirects', () => {
  test('without the Authorization header where the origin changes, not even on the way back', async () => {
    const store = await startRegistry()
    store.serve(`/v2/lab/app/blobs/${BLOB.digest}`, NOISE)
    const env = loginAs('tester:s3cret', registry.host)
    registry.misbehave(onPath(/blobs/, redirectTo(store.origin)))
    registry.misbehave(demandBasic('tester:s3cret'))
    const client = connect({ env })
    expect((await readAll(await client.readBlob(BLOB))).equals(NOISE)).toBe(true)
    expect(registry.requests.at(-1)?.headers.authorization).toMatch(/^Basic /)
    expect(store.requests).toHaveLength(1)
    expect(store.requests[0]?.headers).not.toHaveProperty('authorization')

    store.misbehave(redirectTo(`${registry.origin}/back?x=`))
    registry.serve('/back', NOISE)
    registry.misbehave(
      onPath(/back/, (_request, response) => answerBytes(NOISE)(_request, response, registry)),
    )
    await readAll(await client.readBlob(BLOB))
    const back = registry.requests.find(({ path }) => path === '/back')
    expect(back).toBeDefined()
    expect(back?.headers).not.toHaveProperty('authorization')
  })

  test('with it inside the origin', async () => {
    registry.misbehave(
      onPath(
        /app\/blobs/,
        redirectTo(({ url }) => url.replace('app', 'other')),
      ),
    )
    registry.serve(`/v2/lab/other/blobs/${BLOB.digest}`, NOISE)
    registry.misbehave(demandBasic('tester:s3cret'))
    await readAll(await connect({ env: loginAs('tester:s3cret', registry.host) }).readBlob(BLOB))
    expect(registry.requests.at(-1)?.path).toContain('/other/')
  })

  test('keeps the range across them', async () => {
    const store = await startRegistry()
    store.serve(`/v2/lab/app/blobs/${BLOB.digest}`, NOISE)
    store.misbehave(onPath(/blobs/, breakOff(NOISE, 100_000, 'reset'), 1))
    registry.misbehave(onPath(/blobs/, redirectTo(store.origin)))
    expect((await readAll(await connect().readBlob(BLOB))).equals(NOISE)).toBe(true)
    expect(store.requests[1]?.headers.range).toBe('bytes=100000-')
  })

  test('a limited number of times', async () => {
    registry.misbehave(
      onPath(
        /blobs/,
        redirectTo(({ path }) => `${path}?again`),
      ),
    )
    const error = await catchFailure(connect().readBlob(BLOB))
    expect(error.message).toContain('more than 5 times')
    expect(registry.requests).toHaveLength(6)
  })

  test.each([
    ['file:///etc/passwd', 'is not HTTP'],
    ['http://[bad', 'missing or no URL'],
    ['http://blobs.example/x', 'from TLS to plain HTTP'],
  ])('not to %s', async (location, problem) => {
    const secure = await startRegistry({ tls: true })
    secure.misbehave(
      onPath(
        /blobs/,
        redirectTo(() => location),
      ),
    )
    const client = connect({ insecureRegistries: [secure.host] }, `${secure.host}/lab/app`)
    const error = await catchFailure(client.readBlob(BLOB))
    expect(error.code).toBe('REGISTRY_FAILED')
    expect(error.message).toContain(problem)
  })

  test('says that the store is at fault, and quotes no signed query', async () => {
    const store = await startRegistry()
    store.misbehave((_request, response) =>
      refuse(response, 403, 'AccessDenied', 'internal words of the store'),
    )
    registry.misbehave(
      onPath(
        /blobs/,
        redirectTo(({ path }) => `${store.origin}${path}?X-Signature=abcdef`),
      ),
    )
    const error = await catchFailure(connect().readBlob(BLOB))
    expect(error.code).toBe('REGISTRY_FAILED')
    expect(error.message).toContain('redirects')
    expect(showFailure(error)).not.toMatch(/abcdef|internal words/)
  })
})

describe('says what is wrong', () => {
  test.each([
    [404, 'NAME_UNKNOWN', 'REGISTRY_NOT_FOUND', 'has no repository'],
    [404, 'MANIFEST_UNKNOWN', 'REGISTRY_NOT_FOUND', 'has no tag v1'],
    [403, 'DENIED', 'REGISTRY_DENIED', 'does not let this account'],
    [418, 'TEAPOT', 'REGISTRY_FAILED', 'answers 418'],
  ])('for %i %s', async (status, registryCode, code, problem) => {
    registry.misbehave((_request, response) =>
      refuse(response, status, registryCode, 'words\u001b[31m of\u202e the registry'),
    )
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe(code)
    expect(error.message).toContain(problem)
    expect(error.message).toContain(`("${registryCode}: words [31m of the registry")`)
    expect(error.details).toMatchObject({ status, registryCode, registry: registry.host })
    expect(error.hint).toBeTruthy()
  })

  test('for an error page that is no JSON', async () => {
    registry.misbehave((_request, response) => {
      response.writeHead(404)
      response.end(`<html>${'x'.repeat(100_000)}`)
      return true
    })
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.message).toBe(`${registry.host}/lab/app has no tag v1`)
  })

  test('for a host where nothing listens', async () => {
    const { host } = registry
    await registry.close()
    const error = await catchFailure(connect({}, `${host}/lab/app`).readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_UNREACHABLE')
    expect(error.message).toContain('refused')
    expect(clock.slept).toEqual([])
  })

  test('for a host that nobody knows', async () => {
    const error = await catchFailure(
      connect({ env: {}, retry: { attempts: 2 } }, 'no-such-host.invalid/app').readManifestOf('v1'),
    )
    expect(error.code).toBe('REGISTRY_UNREACHABLE')
    expect(error.hint).toContain('no-such-host.invalid')
  })

  test('for something that is not HTTP', async () => {
    const secure = await startRegistry({ tls: true })
    const error = await catchFailure(
      connect({ retry: { attempts: 1 } }, `${secure.host}/app`).readManifestOf('v1'),
    )
    expect(['REGISTRY_FAILED', 'REGISTRY_UNREACHABLE']).toContain(error.code)
    expect(error.hint).toContain(secure.host)
  })

  test('with the reason of the signal, where it was interrupted', async () => {
    registry.misbehave(neverAnswer)
    const controller = new AbortController()
    const reading = connect({ signal: controller.signal }).readManifestOf('v1')
    const reason = new Error('stopped by the user')
    setTimeout(() => controller.abort(reason), 30)
    await expect(reading).rejects.toBe(reason)
  })
})

describe('certificates', () => {
  let secure: FaultyRegistry
  let folder: string

  beforeEach(async () => {
    secure = await startRegistry({ tls: true })
    secure.store('lab/app', 'v1', IMAGE)
    folder = await mkdtemp(join(tmpdir(), 'archparity-test-'))
    closing.push(() => rm(folder, { recursive: true }))
  })

  async function trust(certificate: string): Promise<void> {
    await mkdir(join(folder, secure.host))
    await writeFile(join(folder, secure.host, 'ca.crt'), certificate)
  }

  test('of an authority in certs.d are accepted', async () => {
    await trust(await readFixture('tls/cert.pem'))
    const client = connect({ certificatesDirectory: folder }, `${secure.host}/lab/app`)
    expect((await client.readManifestOf('v1')).digest).toBe(IMAGE.descriptor.digest)
  })

  test('of nobody known are refused', async () => {
    await trust(await readFixture('tls/other.pem'))
    const error = await catchFailure(
      connect({ certificatesDirectory: folder }, `${secure.host}/lab/app`).readManifestOf('v1'),
    )
    expect(error.code).toBe('REGISTRY_TLS')
    expect(error.hint).toContain(`--insecure-registry ${secure.host}`)
    expect(error.hint).toContain(`certs.d/${secure.host}/ca.crt`)
    expect(secure.requests).toHaveLength(0)
  })

  test('are not asked for where the registry is declared insecure, by name or by block', async () => {
    for (const entry of [secure.host, `http://${secure.host}/`, '127.0.0.0/8']) {
      const client = connect({ insecureRegistries: [entry] }, `${secure.host}/lab/app`)
      expect((await client.readManifestOf('v1')).digest).toBe(IMAGE.descriptor.digest)
    }
  })

  test('are not there at a registry that was declared insecure and speaks plain HTTP', async () => {
    const notices: string[] = []
    const client = connect({ insecureRegistries: [registry.host], onNotice: text => notices.push(text) })
    expect((await client.readManifestOf('v1')).digest).toBe(IMAGE.descriptor.digest)
    expect(notices.join()).toContain('plain HTTP')
  })

  test.each(['a b', 'host/path', '', '10.0.0.0/99'])('are nothing that "%s" could switch off', entry => {
    expect(() => connect({ insecureRegistries: [entry] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })

  // Loopback is plain by rule; only another address of this machine shows that everything else is TLS.
  const outside = Object.values(networkInterfaces())
    .flat()
    .find(each => each !== undefined && !each.internal && each.family === 'IPv4')?.address
  test.skipIf(outside === undefined)('are asked for everywhere but on loopback', async () => {
    const error = await catchFailure(
      connect({ retry: { attempts: 1 }, timeouts: { connect: 500 } }, `${outside}:9/app`).readManifestOf(
        'v1',
      ),
    )
    expect(error.details.url).toMatch(/^https:/)
  })
})

function loginAs(account: string, host: string): NodeJS.ProcessEnv {
  const auth = Buffer.from(account).toString('base64')
  return { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: { auth } } }) }
}

function demandBasic(account: string) {
  const expected = `Basic ${Buffer.from(account).toString('base64')}`
  return onPath(/^\/v2\//, (request, response) =>
    request.headers.authorization === expected
      ? false
      : refuse(response, 401, 'UNAUTHORIZED', 'who?', { 'www-authenticate': 'Basic realm="lab"' }),
  )
}
