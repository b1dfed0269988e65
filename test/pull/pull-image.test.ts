import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import type { PlatformImage } from '../../src/model/image.js'
import { proveImage } from '../../src/pull/prove-image.js'
import { type PullCredentials, pullImage } from '../../src/pull/pull-image.js'
import { answerBytes, answerStatus, onPath, startFaultyRegistry } from '../lab/faulty-registry.js'
import { type Content, type ImageSource, writeImage } from '../lab/image-writer.js'
import { buildLayer } from '../lab/layer.js'
import { AMD64, ARM64, S390X } from '../lab/platforms.js'
import { pushContent } from '../lab/push-content.js'
import { connectTestEngine } from '../worker/test-container.js'
import { describeContent } from '../worker/test-image.js'
import { serveEngine } from './serve-engine.js'

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})

/** An image that no engine has seen before. */
async function makeImage(
  changes: Partial<ImageSource> = {},
): Promise<{ content: Content; image: PlatformImage }> {
  const layers = [
    await buildLayer([{ path: 'unique', content: randomUUID() }]),
    await buildLayer([{ path: 'x', content: 'x' }]),
  ]
  const content = writeImage({ platform: AMD64.platform, layers, ...changes })
  onTestFinished(async () => {
    const { config } = describeContent(content)
    await engine
      .getImage(config.digest)
      .remove({ force: true })
      .catch(() => {})
  })
  return { content, image: describeContent(content) }
}

/** A registry of the test's own, which may be made to misbehave. */
async function startRegistry() {
  const registry = await startFaultyRegistry()
  onTestFinished(() => registry.close())
  return registry
}

const pull = (repository: string, image: PlatformImage, credentials?: PullCredentials) =>
  pullImage(engine, repository, image, credentials, () => {})

describe('a pull by digest', () => {
  test('is proven by the config, the layers and the manifest, and is not done twice', async () => {
    const registry = await startRegistry()
    const { content, image } = await makeImage()
    registry.store('acme/app', 'latest', content)
    const repository = `${registry.host}/acme/app`
    const pulled = await pull(repository, image)
    expect(pulled).toEqual({
      name: `${repository}@${image.manifest.digest}`,
      imageId: image.config.digest,
      proof: [
        'image id is the config digest',
        '2 layer digests as in the config',
        'repository digest is the manifest digest',
      ],
      fetched: true,
    })
    const asked = registry.requests.length
    expect(await pull(repository, image)).toEqual({ ...pulled, fetched: false })
    expect(registry.requests.length).toBe(asked)
    const held = await engine.getImage(pulled.name).inspect()
    expect(held.RepoTags).toEqual([])
  })

  test('two platforms of one repository are held side by side', async () => {
    const registry = await startRegistry()
    const images = await Promise.all([AMD64, S390X, ARM64].map(({ platform }) => makeImage({ platform })))
    for (const { content } of images) registry.store('acme/app', 'latest', content)
    const pulled = await Promise.all(images.map(({ image }) => pull(`${registry.host}/acme/app`, image)))
    expect(pulled.map(({ imageId }) => imageId)).toEqual(images.map(({ image }) => image.config.digest))
    for (const [index, { name }] of pulled.entries()) {
      const { Architecture } = await engine.getImage(name).inspect()
      expect(Architecture).toBe(images[index]?.image.platform.architecture)
    }
  })

  test('an image whose config names another platform is pulled as it is', async () => {
    const registry = await startRegistry()
    const { content, image } = await makeImage({ platform: ARM64.platform, configPlatform: AMD64.platform })
    registry.store('acme/app', 'latest', content)
    const described = { ...image, configPlatform: AMD64.platform }
    expect(await pull(`${registry.host}/acme/app`, described)).toMatchObject({ fetched: true })
  })

  test('progress never goes beyond what is to be fetched', async () => {
    const registry = await startRegistry()
    const { content, image } = await makeImage({
      layers: [await buildLayer([{ path: randomUUID(), content: Buffer.alloc(3_000_000, randomUUID()) }])],
    })
    registry.store('acme/app', 'latest', content)
    const seen: { current: number; total: number }[] = []
    await pullImage(engine, `${registry.host}/acme/app`, image, undefined, progress => seen.push(progress))
    expect(seen.every(({ current, total }) => current > 0 && current <= total)).toBe(true)
  })
})

describe('a pull that fails says why, in the engine’s words, and what to do', () => {
  async function fail(misbehave: Parameters<Awaited<ReturnType<typeof startRegistry>>['misbehave']>[0]) {
    const registry = await startRegistry()
    const { content, image } = await makeImage()
    registry.store('acme/app', 'latest', content)
    registry.misbehave(misbehave)
    const error = await pull(`${registry.host}/acme/app`, image).catch(error => error)
    expect(error).toMatchObject({ code: 'PULL_FAILED', category: 'coverage' })
    expect(error.message).toContain(`${registry.host}/acme/app@${image.manifest.digest} (linux/amd64)`)
    return { error, registry, image }
  }

  test('a digest that is not there', async () => {
    const registry = await startRegistry()
    const { image } = await makeImage()
    await expect(pull(`${registry.host}/acme/app`, image)).rejects.toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringMatching(/manifest.*(unknown|not found)|not here/i),
      hint: expect.stringContaining('docker pull'),
    })
  })

  test('a layer that is not there: the error stands in the progress stream', async () => {
    const { error } = await fail(onPath(/\/blobs\//, answerStatus(404)))
    expect(error.message).toMatch(/blob|not found|unknown|404/i)
  })

  test('a layer whose bytes are others', async () => {
    const other = await buildLayer([{ path: 'evil', content: 'evil' }])
    const config = /"config"/
    const { error, registry, image } = await fail((request, response, of) => {
      if (!request.path.includes('/blobs/') || config.test(request.path)) return false
      return answerBytes(other.bytes)(request, response, of)
    })
    expect(error.message).toMatch(/verif|digest|mismatch/i)
    expect(await proveImage(engine, `${registry.host}/acme/app@${image.manifest.digest}`, image)).toEqual({
      proven: false,
      problem: 'the engine has no such image',
    })
  })

  test('a registry that is gone', async () => {
    const { image } = await makeImage()
    await expect(pull('127.0.0.1:1/acme/app', image)).rejects.toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringContaining('connection refused'),
      hint: expect.stringContaining('127.0.0.1:1'),
    })
  })
})

describe('credentials', () => {
  const authRegistry = inject('authRegistry')
  const user = (password: string): PullCredentials => ({
    username: 'lab',
    password,
    serveraddress: authRegistry,
  })

  test('are given to the engine, and asked for where they are missing or wrong', async context => {
    if (authRegistry === '') context.skip('docker-registry is not installed')
    const { content, image } = await makeImage()
    const repository = `pull-test/${randomUUID()}`
    await pushContent(content, {
      registry: authRegistry,
      repository,
      tag: 'latest',
      credentials: 'lab:secret',
    })
    const name = `${authRegistry}/${repository}`
    for (const credentials of [undefined, user('wrong')]) {
      const error = await pull(name, image, credentials).catch(error => error)
      expect(error).toMatchObject({ code: 'PULL_FAILED', hint: expect.stringContaining('docker login') })
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('wrong')
    }
    expect(await pull(name, image, user('secret'))).toMatchObject({ fetched: true })
  })
})

describe('proof', () => {
  test('fails where the engine holds other layers, another config, or nothing', async () => {
    const registry = await startRegistry()
    const { content, image } = await makeImage()
    registry.store('acme/app', 'latest', content)
    const { name } = await pull(`${registry.host}/acme/app`, image)
    const other = await makeImage()
    const prove = (claimed: PlatformImage) => proveImage(engine, name, claimed)
    expect(await prove(image)).toMatchObject({ proven: true })
    expect(await prove(other.image)).toMatchObject({
      proven: false,
      problem: expect.stringContaining(other.image.config.digest),
    })
    for (const diffIds of [
      [],
      image.imageConfig.diffIds.slice(1),
      [...image.imageConfig.diffIds].reverse(),
    ]) {
      const claimed = { ...image, imageConfig: { ...image.imageConfig, diffIds } }
      expect(await prove(claimed)).toMatchObject({
        proven: false,
        problem: expect.stringContaining('layers'),
      })
    }
    expect(await proveImage(engine, other.image.config.digest, other.image)).toMatchObject({ proven: false })
  })

  test('holds with the containerd image store, whose ids are manifest digests', async () => {
    const { image } = await makeImage()
    const containerd = await serveEngine((_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({ Id: image.manifest.digest, RootFS: { Layers: image.imageConfig.diffIds } }),
      )
    })
    expect(await proveImage(containerd, 'x', image)).toEqual({
      proven: true,
      imageId: image.manifest.digest,
      proof: ['image id is the manifest digest', '2 layer digests as in the config'],
    })
  })

  test('is not taken from an engine that fails', async () => {
    const { image } = await makeImage()
    const broken = await serveEngine((_, response) => response.writeHead(500).end('{"message":"boom"}'))
    await expect(proveImage(broken, 'x', image)).rejects.toThrow('boom')
  })
})

describe('what an engine may say in its progress stream', () => {
  async function hear(stream: string, end: 'end' | 'cut' = 'end') {
    const { image } = await makeImage()
    const told = await serveEngine((request, response) => {
      if (request.method === 'GET') {
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"No such image"}')
        return
      }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(stream)
      if (end === 'end') response.end()
      else setTimeout(() => response.socket?.destroy(), 50)
    })
    return pullImage(told, 'registry.test/acme/app', image, undefined, () => {}).catch(error => error)
  }

  test.each([
    ['http: server gave HTTP response to HTTPS client', 'insecure-registries'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'docker system df'],
    ['unauthorized: authentication required', 'docker login registry.test'],
    ['denied: requested access to the resource is denied', 'docker login registry.test'],
    ['no basic auth credentials', 'docker login registry.test'],
    ['dial tcp 127.0.0.1:5000: connect: connection refused', '"localhost"'],
    ['dial tcp: lookup registry.test: no such host', 'must reach registry.test'],
    ['something quite new', 'docker pull'],
  ])('%s', async (words, advice) => {
    const lines = [{ status: 'Pulling from acme/app' }, { errorDetail: { message: words }, error: words }]
    expect(await hear(lines.map(line => `${JSON.stringify(line)}\r\n`).join(''))).toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringContaining(words),
      hint: expect.stringContaining(advice),
    })
  })

  test('an error with nothing after it', async () => {
    expect(await hear('{"error":"at once"}')).toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringContaining('at once'),
    })
  })

  test('success, but then it does not hold the image', async () => {
    expect(await hear('{"status":"Downloaded"}\n')).toMatchObject({
      code: 'PULL_UNPROVEN',
      message: expect.stringContaining('no such image'),
      hint: expect.stringContaining('docker image rm'),
    })
    expect(await hear('')).toMatchObject({ code: 'PULL_UNPROVEN' })
  })

  test('nothing more: the engine went away', async () => {
    expect(await hear('{"status":"Downloading"}\n', 'cut')).toMatchObject({ code: 'PULL_FAILED' })
  })

  test('garbage', async () => {
    const nasty = '<html>\nnull\n7\n[]\n{"error":7}'
    expect(await hear(nasty)).toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringMatching(/failed: 7$/),
    })
    expect(await hear('<html>')).toMatchObject({ category: 'coverage' })
  })
})
