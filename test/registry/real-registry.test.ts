import { type ChildProcess, spawn } from 'node:child_process'
import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { findCommand } from '../../scripts/setup/find-command.mjs'
import { findFreePort } from '../../scripts/setup/loopback-port.mjs'
import { openImageSource } from '../../src/registry/index.js'
import { digestBytes } from '../lab/digest-bytes.js'
import { TLS_FIXTURE } from '../lab/faulty-registry.js'
import { writeIndex } from '../lab/image-writer.js'
import { pushContent } from '../lab/push-content.js'
import { catchFailure, makeImage, makeSixPlatforms, readAll } from './synthetic.js'

const open = inject('registry')
const guarded = inject('authRegistry')
const repository = 'archparity-test/resolve'
const content = makeSixPlatforms()
const env = { HOME: '/nonexistent', PATH: process.env.PATH }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archparity-test-'))
})
afterAll(async () => await rm(folder, { recursive: true }))

async function resolve(text: string, variables: NodeJS.ProcessEnv = env) {
  const source = await openImageSource(text, { env: variables, root: folder })
  try {
    return await source.resolve()
  } finally {
    await source.close()
  }
}

/** What `skopeo` reads; its own configuration is left out. */
async function inspect(...args: string[]): Promise<Buffer> {
  const { stdout } = await execa('skopeo', ['inspect', '--raw', ...args], { encoding: 'buffer' })
  return Buffer.from(stdout)
}

describe.skipIf(open === '')('an open registry', () => {
  beforeAll(async () => {
    await pushContent(content, { registry: open, repository, tag: 'six' })
  })

  test('gives every platform with the digest that an independent client reads', async () => {
    const image = await resolve(`${open}/${repository}:six`)
    const raw = await inspect('--tls-verify=false', `docker://${open}/${repository}:six`)
    expect(image.digest).toBe(digestBytes(raw))
    const { manifests } = JSON.parse(raw.toString()) as {
      manifests: { digest: string; platform: { os: string; architecture: string; variant?: string } }[]
    }
    const runnable = manifests.filter(({ platform }) => platform.os !== 'unknown')
    expect(image.platforms.map(({ manifest }) => manifest.digest)).toEqual(
      runnable.map(({ digest }) => digest),
    )
    expect(image.platforms.map(({ platform }) => platform)).toEqual(runnable.map(({ platform }) => platform))
    for (const { manifest, config } of image.platforms) {
      const one = await inspect('--tls-verify=false', `docker://${open}/${repository}@${manifest.digest}`)
      expect(digestBytes(one)).toBe(manifest.digest)
      expect(JSON.parse(one.toString())).toMatchObject({ config: { digest: config.digest } })
    }
    expect(image.attestations).toHaveLength(6)
    expect(image.notes).toEqual([])
  })

  test('streams a layer', async () => {
    const source = await openImageSource(`${open}/${repository}:six`, { env })
    const [platform] = (await source.resolve()).platforms
    const [layer] = platform?.layers ?? []
    if (layer === undefined) throw new Error('no layer')
    expect(digestBytes(await readAll(await source.readBlob(layer)))).toBe(layer.digest)
    await source.close()
  })

  test('gives a Docker manifest list and a single manifest', async () => {
    const docker = writeIndex([makeImage('linux/amd64', { dialect: 'docker' })], 'docker')
    await pushContent(docker, { registry: open, repository, tag: 'docker' })
    await pushContent(makeImage('linux/s390x'), { registry: open, repository, tag: 'one' })
    expect(await resolve(`${open}/${repository}:docker`)).toMatchObject({
      kind: 'index',
      digest: docker.descriptor.digest,
    })
    expect(await resolve(`${open}/${repository}:one`)).toMatchObject({
      kind: 'manifest',
      platforms: [{ platform: { os: 'linux', architecture: 's390x' }, platformFrom: 'config' }],
    })
  })

  test.each([
    [`${repository}:nothing`, 'MANIFEST_UNKNOWN', 'has no tag nothing'],
    [`archparity-test/nowhere:v1`, 'MANIFEST_UNKNOWN', 'has no tag v1'],
    [`${repository}@sha256:${'0'.repeat(64)}`, 'MANIFEST_UNKNOWN', 'has no manifest sha256:'],
  ])('says that there is no %s', async (path, registryCode, problem) => {
    const error = await catchFailure(resolve(`${open}/${path}`))
    expect(error.code).toBe('REGISTRY_NOT_FOUND')
    expect(error.message).toContain(problem)
    expect(error.details).toMatchObject({ status: 404, registryCode })
  })

  test.each(['oci', 'oci-archive'])('gives what `skopeo copy` writes as %s', async transport => {
    const target = join(folder, `copied-${transport}`)
    await execa('skopeo', [
      '--insecure-policy',
      'copy',
      '--quiet',
      '--all',
      '--src-tls-verify=false',
      `docker://${open}/${repository}:docker`,
      `${transport}:${target}:v1`,
    ])
    const image = await resolve(`oci:${target}:v1`)
    expect(image.source).toBe(transport === 'oci' ? 'oci-layout' : 'oci-archive')
    expect(image.platforms.map(({ platform }) => platform)).toEqual([{ os: 'linux', architecture: 'amd64' }])
  })
})

describe.skipIf(guarded === '')('a registry that asks for a password', () => {
  beforeAll(async () => {
    await pushContent(content, { registry: guarded, repository, tag: 'six', credentials: 'lab:secret' })
  })
  const login = (account: string) => ({
    ...env,
    DOCKER_AUTH_CONFIG: JSON.stringify({
      auths: { [guarded]: { auth: Buffer.from(account).toString('base64') } },
    }),
  })

  test('is read with it', async () => {
    const image = await resolve(`${guarded}/${repository}:six`, login('lab:secret'))
    expect(image.digest).toBe(content.descriptor.digest)
  })

  test('and not with another, nor without', async () => {
    for (const variables of [login('lab:wrong'), env]) {
      const error = await catchFailure(resolve(`${guarded}/${repository}:six`, variables))
      expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
      expect(error.hint).toContain(`docker login ${guarded}`)
    }
  })
})

describe.skipIf(findCommand('docker-registry') === undefined)('a registry that asks for tokens', () => {
  let registry: ChildProcess
  let host: string
  const scopes: string[] = []
  const tokens = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://none').searchParams
    const account = `Basic ${Buffer.from('lab:secret').toString('base64')}`
    if (request.headers.authorization !== account) {
      response.writeHead(401).end('{}')
      return
    }
    scopes.push(query.get('scope') ?? '')
    response.end(JSON.stringify({ token: signToken(query.get('scope') ?? ''), expires_in: 300 }))
  })
  let key: string
  let certificate: string

  beforeAll(async () => {
    key = await readFile(TLS_FIXTURE.key, 'utf8')
    certificate = await readFile(TLS_FIXTURE.cert, 'utf8')
    await new Promise<void>(resolve => tokens.listen(0, '127.0.0.1', resolve))
    host = `127.0.0.1:${await findFreePort()}`
    await writeFile(join(folder, 'cert.pem'), certificate)
    const config = {
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
      http: { addr: host },
      auth: {
        token: {
          realm: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`,
          service: 'lab',
          issuer: 'lab',
          rootcertbundle: join(folder, 'cert.pem'),
        },
      },
    }
    await writeFile(join(folder, 'config.yml'), JSON.stringify(config))
    registry = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
    while (!(await fetch(`http://${host}/v2/`).then(Boolean, () => false))) await sleep(50)
  })
  afterAll(async () => {
    const ended = new Promise(resolve => registry.once('exit', resolve))
    registry.kill('SIGKILL')
    await ended
    await new Promise(resolve => tokens.close(resolve))
  })

  /** A JSON web token as the registry checks it: signed, with the certificate that it trusts. */
  function signToken(scope: string): string {
    const [type = '', name = '', actions = ''] = scope.split(':')
    const now = Math.floor(Date.now() / 1000)
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const header = encode({
      typ: 'JWT',
      alg: 'ES256',
      x5c: [new X509Certificate(certificate).raw.toString('base64')],
    })
    const claims = encode({
      iss: 'lab',
      sub: 'lab',
      aud: 'lab',
      iat: now - 10,
      nbf: now - 10,
      exp: now + 300,
      jti: randomUUID(),
      access: [{ type, name, actions: actions.split(',') }],
    })
    const signature = sign('sha256', Buffer.from(`${header}.${claims}`), {
      key: createPrivateKey(key),
      dsaEncoding: 'ieee-p1363',
    })
    return `${header}.${claims}.${signature.toString('base64url')}`
  }

  const login = (account: string) => ({
    ...env,
    DOCKER_AUTH_CONFIG: JSON.stringify({
      auths: { [host]: { auth: Buffer.from(account).toString('base64') } },
    }),
  })

  test('accepts the token that was got with the password: the repository is found empty', async () => {
    const error = await catchFailure(resolve(`${host}/${repository}:six`, login('lab:secret')))
    expect(error.code).toBe('REGISTRY_NOT_FOUND')
    expect(scopes).toEqual([`repository:${repository}:pull`])
  })

  test('is not read without', async () => {
    for (const variables of [login('lab:wrong'), env]) {
      const error = await catchFailure(resolve(`${host}/${repository}:six`, variables))
      expect(error.code).toBe('REGISTRY_UNAUTHORIZED')
    }
  })
})
