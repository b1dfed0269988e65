import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Descriptor } from '../../src/model/image.js'
import { parseReference } from '../../src/reference/parse-reference.js'
import { RegistryClient } from '../../src/registry/http/client.js'
import type { RegistryOptions } from '../../src/registry/options.js'
import {
  demandToken,
  type FaultyRegistry,
  onPath,
  refuse,
  startFaultyRegistry,
} from '../lab/faulty-registry.js'
import { catchFailure, createTestClock, describePart, makeImage, readAll, showFailure } from './synthetic.js'

const IMAGE = makeImage('linux/amd64')
const [CONFIG, LAYER] = IMAGE.parts.map(describePart) as [Descriptor, Descriptor]
const closing: (() => Promise<unknown>)[] = []
let registry: FaultyRegistry
let clock: ReturnType<typeof createTestClock>

beforeEach(async () => {
  registry = await start()
  registry.store('lab/app', 'v1', IMAGE)
  clock = createTestClock()
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(): Promise<FaultyRegistry> {
  const started = await startFaultyRegistry()
  closing.push(() => started.close())
  return started
}

function connect(options: RegistryOptions = {}): RegistryClient {
  const client = new RegistryClient(parseReference(`${registry.host}/lab/app`), {
    clock,
    env: { HOME: '/nonexistent' },
    ...options,
  })
  closing.push(() => client.close())
  return client
}

function login(entry: object): NodeJS.ProcessEnv {
  return { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.host]: entry } }) }
}

const BOB = { auth: Buffer.from('bob:s3cret').toString('base64') }
const asked = (path: RegExp) => registry.requests.filter(request => path.test(request.path))

describe('bearer tokens', () => {
  test('one anonymous token serves the whole repository, for reading only', async () => {
    const server = demandToken()
    registry.misbehave(server.fault)
    const client = connect()
    await Promise.all([client.readManifestOf('v1'), client.readManifest(IMAGE.descriptor.digest)])
    await readAll(await client.readBlob(LAYER))
    expect(server.given).toHaveLength(1)
    const query = new URL(asked(/token/)[0]?.url ?? '', registry.origin).searchParams
    expect(Object.fromEntries(query)).toEqual({ service: 'lab', scope: 'repository:lab/app:pull' })
    expect(asked(/token/)[0]?.headers).not.toHaveProperty('authorization')
  })

  test('a password is shown to the token server alone', async () => {
    registry.misbehave(demandToken({ account: 'bob:s3cret' }).fault)
    await connect({ env: login(BOB) }).readManifestOf('v1')
    expect(asked(/token/)[0]?.headers.authorization).toBe(`Basic ${BOB.auth}`)
    for (const request of asked(/v2/)) expect(String(request.headers.authorization)).not.toContain('Basic')
  })

  test('an identity token is exchanged by POST', async () => {
    registry.misbehave(demandToken({ refreshToken: 'r3fresh' }).fault)
    await connect({ env: login({ identitytoken: 'r3fresh' }) }).readManifestOf('v1')
    const [request] = asked(/token/)
    expect(request?.method).toBe('POST')
    expect(request?.url).not.toContain('r3fresh')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'refresh_token',
      service: 'lab',
      client_id: 'archparity',
      scope: 'repository:lab/app:pull',
      refresh_token: 'r3fresh',
    })
  })

  test('a spent token is renewed before it is sent, a revoked one after', async () => {
    const server = demandToken({ life: 300 })
    registry.misbehave(server.fault)
    const client = connect()
    await client.readManifestOf('v1')
    clock.advance(290_000)
    await client.readManifestOf('v1')
    expect(server.given).toHaveLength(1)
    clock.advance(10_000)
    await client.readManifestOf('v1')
    expect(server.given).toHaveLength(2)
    expect(asked(/v2/).filter(({ headers }) => headers.authorization === undefined)).toHaveLength(1)
    server.revoke()
    await Promise.all([client.readManifestOf('v1'), client.readManifestOf('v1')])
    expect(server.given).toHaveLength(3)
  })

  test('a token that another request has renewed in the meantime is used, not renewed again', async () => {
    const server = demandToken()
    registry.misbehave(server.fault)
    const client = connect()
    await client.readManifestOf('v1')
    server.revoke()
    const held = new Promise<() => void>(resolve => {
      registry.misbehave(
        onPath(
          /manifests\/v1/,
          (request, response) => {
            resolve(() => server.fault(request, response, registry))
            return true
          },
          1,
        ),
      )
    })
    const late = client.readManifestOf('v1')
    const release = await held
    await client.readManifest(IMAGE.descriptor.digest)
    release()
    await late
    expect(server.given).toHaveLength(2)
  })

  test('a life shorter than a minute counts as a minute', async () => {
    const server = demandToken({ life: 1 })
    registry.misbehave(server.fault)
    const client = connect()
    await client.readManifestOf('v1')
    clock.advance(50_000)
    await client.readManifestOf('v1')
    expect(server.given).toHaveLength(1)
  })

  test('a token that never helps ends in an error, not in a loop', async () => {
    registry.misbehave(
      onPath(/v2/, (_request, response, { origin }) =>
        refuse(response, 401, 'UNAUTHORIZED', 'no', { 'www-authenticate': `Bearer realm="${origin}/token"` }),
      ),
    )
    registry.misbehave(onPath(/token/, demandToken().fault))
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
    expect(registry.requests.length).toBeLessThan(8)
  })

  test('a wrong password is named with its user and its place, and is not shown', async () => {
    registry.misbehave(demandToken({ account: 'bob:other' }).fault)
    const error = await catchFailure(connect({ env: login(BOB) }).readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
    expect(error.message).toContain('DOCKER_AUTH_CONFIG (user bob)')
    expect(error.hint).toContain(`docker login ${registry.host}`)
    expect(showFailure(error)).not.toMatch(/s3cret|Ym9i/)
  })

  test('a token server that asks for an account nobody has', async () => {
    registry.misbehave(demandToken({ account: 'bob:s3cret' }).fault)
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
    expect(error.message).toContain('asks for a login')
  })

  test('a token server that is down is tried again', async () => {
    registry.misbehave(demandToken().fault)
    registry.misbehave(
      onPath(/token/, (_request, response) => refuse(response, 503, 'UNAVAILABLE', 'soon'), 2),
    )
    await connect().readManifestOf('v1')
    expect(clock.slept).toHaveLength(2)
  })

  test.each([
    ['{"token": ""}', 'no usable token'],
    ['{"token": "a\\nb"}', 'no usable token'],
    ['{"token": 5}', 'no usable token'],
    ['no JSON', 'not answer with JSON'],
    [`"${'x'.repeat(2_000_000)}"`, 'answers without end'],
  ])('a token server that answers %.20s is named', async (body, problem) => {
    registry.misbehave(demandToken().fault)
    registry.misbehave(
      onPath(/token/, (_request, response) => {
        response.end(body)
        return true
      }),
    )
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_FAILED')
    expect(error.message).toContain(problem)
  })

  test.each([
    '',
    'Bearer',
    'Bearer realm=""',
    'Bearer realm="not a url"',
    'Bearer realm="file:///etc/passwd"',
    'Negotiate',
  ])('the challenge %j gives a clear error', async challenge => {
    registry.misbehave(demandToken({ challenge: () => challenge }).fault)
    const error = await catchFailure(connect({ env: login(BOB) }).readManifestOf('v1'))
    expect(['REGISTRY_FAILED', 'REGISTRY_UNAUTHORIZED']).toContain(error.code)
  })

  test('no credentials go to a token server elsewhere without TLS', async () => {
    registry.misbehave(demandToken({ realm: 'http://auth.example/token' }).fault)
    const error = await catchFailure(connect({ env: login(BOB) }).readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_FAILED')
    expect(error.message).toContain('does not use TLS')
  })
})

describe('basic authentication', () => {
  const challenge = { 'www-authenticate': 'Basic realm="lab"' }
  const demandBob = onPath(/v2/, (request, response) =>
    request.headers.authorization === `Basic ${BOB.auth}`
      ? false
      : refuse(response, 401, 'UNAUTHORIZED', 'who?', challenge),
  )

  test('is sent once it was asked for', async () => {
    registry.misbehave(demandBob)
    const client = connect({ env: login(BOB) })
    await client.readManifestOf('v1')
    await readAll(await client.readBlob(CONFIG))
    expect(registry.requests.map(({ headers }) => headers.authorization !== undefined)).toEqual([
      false,
      true,
      true,
    ])
  })

  test('is not sent to a registry that does not ask', async () => {
    await connect({ env: login(BOB) }).readManifestOf('v1')
    expect(registry.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('with a wrong password is an error after one try', async () => {
    registry.misbehave(demandBob)
    const env = login({ auth: Buffer.from('bob:wrong').toString('base64') })
    const error = await catchFailure(connect({ env }).readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
    expect(registry.requests).toHaveLength(2)
  })

  test('without any credentials says how to log in', async () => {
    registry.misbehave(demandBob)
    const error = await catchFailure(connect().readManifestOf('v1'))
    expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
    expect(error.hint).toContain(`docker login ${registry.host}`)
  })
})

describe('a credential store that does not work', () => {
  const env = { HOME: '/nonexistent', PATH: '/nonexistent', DOCKER_AUTH_CONFIG: '{"credsStore":"missing"}' }

  test('is a notice where the registry serves anybody', async () => {
    registry.misbehave(demandToken().fault)
    const notices: string[] = []
    await connect({ env, onNotice: text => notices.push(text) }).readManifestOf('v1')
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('docker-credential-missing')
  })

  test('is the error where the registry asks for a login', async () => {
    registry.misbehave(demandToken({ account: 'bob:s3cret' }).fault)
    const error = await catchFailure(connect({ env }).readManifestOf('v1'))
    expect(error.code).toBe('CREDENTIALS_INVALID')
    expect(error.message).toContain('docker-credential-missing')
  })

  test('concerns nobody where no login is asked for', async () => {
    const notices: string[] = []
    await connect({ env, onNotice: text => notices.push(text) }).readManifestOf('v1')
    expect(notices).toEqual([])
  })
})
