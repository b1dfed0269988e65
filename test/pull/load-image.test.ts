import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { PlatformImage } from '../../src/model/image.js'
import { loadImage } from '../../src/pull/load-image.js'
import { openImageSource } from '../../src/registry/index.js'
import { type Content, writeImage, writeIndex } from '../lab/image-writer.js'
import { buildLayer, type Layer } from '../lab/layer.js'
import { AMD64, type LabPlatform, S390X } from '../lab/platforms.js'
import { writeArchive, writeLayout } from '../lab/write-layout.js'
import { connectTestEngine } from '../worker/test-container.js'
import { describeContent, openContent } from '../worker/test-image.js'
import { serveEngine } from './serve-engine.js'

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})

async function makeImage({ platform }: LabPlatform = AMD64, layers?: Layer[]) {
  const content = writeImage({
    platform,
    layers: layers ?? [await buildLayer([{ path: 'unique', content: randomUUID() }])],
    config: { Cmd: ['/unique'] },
  })
  const image = describeContent(content)
  onTestFinished(async () => {
    await engine
      .getImage(image.config.digest)
      .remove({ force: true })
      .catch(() => {})
  })
  return { content, image }
}

async function makeFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'load-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function expectHeld(image: PlatformImage) {
  const held = await engine.getImage(image.config.digest).inspect()
  expect(held).toMatchObject({
    Id: image.config.digest,
    Architecture: image.platform.architecture,
    RootFS: { Layers: image.imageConfig.diffIds },
    RepoTags: [],
  })
}

test.each([
  ['folder', writeLayout],
  [
    'archive',
    (content: Content, place: string) => writeArchive(content, `${place}.tar`).then(() => `${place}.tar`),
  ],
])('each platform of an OCI layout %s is loaded, proven and not tagged, and once only', async (_, write) => {
  const images = [await makeImage(AMD64), await makeImage(S390X)]
  const place = path.join(await makeFolder(), 'layout')
  const written = (await write(writeIndex(images.map(({ content }) => content)), place)) ?? place
  const source = await openImageSource(`oci:${written}`, { root: '/' })
  const { platforms } = await source.resolve()
  for (const [index, image] of platforms.entries()) {
    const { digest } = image.config
    expect(digest).toBe(images[index]?.image.config.digest)
    const loaded = {
      name: digest,
      imageId: digest,
      proof: ['image id is the config digest', '1 layer digest as in the config'],
    }
    expect(await loadImage(engine, source, image)).toEqual({ ...loaded, fetched: true })
    await expectHeld(image)
    expect(await loadImage(engine, source, image)).toEqual({ ...loaded, fetched: false })
  }
  await source.close()
})

test('an image that has the same layer twice, and one without layers', async () => {
  const layer = await buildLayer([{ path: 'unique', content: randomUUID() }])
  const twice = await makeImage(AMD64, [layer, layer])
  await loadImage(engine, openContent(twice.content), twice.image)
  await expectHeld(twice.image)
})

test('a source that fails in the middle ends the load, and the engine is fit for the next', async () => {
  const { content, image } = await makeImage(AMD64, [
    await buildLayer([{ path: 'x', content: randomUUID().repeat(1000) }]),
  ])
  const source = {
    ...openContent(content),
    readBlob: ({ digest }: { digest: string }) =>
      digest === image.config.digest
        ? openContent(content).readBlob(image.config)
        : Readable.from(
            (async function* () {
              yield Buffer.from('some')
              throw new Error('the disk is gone')
            })(),
          ),
  }
  await expect(loadImage(engine, source, image)).rejects.toMatchObject({
    code: 'PULL_FAILED',
    message: expect.stringMatching(/linux\/amd64.*the disk is gone/),
  })
  expect(await loadImage(engine, openContent(content), image)).toMatchObject({ fetched: true })
})

test('a load that was given up hangs up on the engine', async () => {
  const { content, image } = await makeImage()
  let begin = () => {}
  const begun = new Promise<void>(resolve => {
    begin = resolve
  })
  let hangUp = () => {}
  const hungUp = new Promise<void>(resolve => {
    hangUp = resolve
  })
  const patient = await serveEngine((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(404).end('{"message":"no"}')
      return
    }
    begin()
    request.on('error', hangUp)
    request.resume()
  })
  const source = {
    ...openContent(content),
    readBlob: async () => {
      await begun
      throw new Error('no luck')
    },
  }
  await expect(loadImage(patient, source, image)).rejects.toMatchObject({
    code: 'PULL_FAILED',
    message: expect.stringContaining('no luck'),
  })
  await hungUp
})

test('an engine that refuses at once does not leave the source waiting', async () => {
  const { content, image } = await makeImage()
  const refusing = await serveEngine((request, response) => {
    const status = request.method === 'GET' ? 404 : 500
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"not today"}')
  })
  let closed = () => {}
  const closing = new Promise<void>(resolve => {
    closed = resolve
  })
  const source = {
    ...openContent(content),
    readBlob: () => new Readable({ read: () => {} }).once('close', closed),
  }
  await expect(loadImage(refusing, source, image)).rejects.toMatchObject({
    code: 'PULL_FAILED',
    message: expect.stringContaining('not today'),
  })
  await closing
})

test('a layer that is not what the config says is not taken for it', async () => {
  const { content, image } = await makeImage()
  const other = await buildLayer([{ path: 'evil', content: 'evil' }])
  const evil = {
    ...image,
    layers: [{ ...(image.layers[0] as PlatformImage['config']), size: other.bytes.length }],
  }
  const source = {
    ...openContent(content),
    readBlob: (descriptor: { digest: string }) =>
      descriptor.digest === image.config.digest
        ? openContent(content).readBlob(image.config)
        : Readable.from([other.bytes]),
  }
  await expect(loadImage(engine, source, evil)).rejects.toMatchObject({ category: 'coverage' })
})

test('an engine that takes it and does not hold it afterwards', async () => {
  const { content, image } = await makeImage()
  const forgetful = await serveEngine((request, response) => {
    request.resume()
    request.on('end', () => {
      if (request.method === 'GET') response.writeHead(404).end('{"message":"no"}')
      else response.end('{"stream":"Loaded"}\n')
    })
  })
  await expect(loadImage(forgetful, openContent(content), image)).rejects.toMatchObject({
    code: 'PULL_UNPROVEN',
    hint: expect.stringContaining('Push'),
  })
})

test('an error that the engine reports in its stream', async () => {
  const { content, image } = await makeImage()
  const full = await serveEngine((request, response) => {
    request.resume()
    request.on('end', () => {
      if (request.method === 'GET') response.writeHead(404).end('{"message":"no"}')
      else response.end('{"errorDetail":{"message":"no space left"},"error":"no space left"}\n')
    })
  })
  await expect(loadImage(full, openContent(content), image)).rejects.toMatchObject({
    code: 'PULL_FAILED',
    message: expect.stringContaining('no space left'),
  })
})

test('an engine that hangs up in the middle of a large layer is believed, not the broken connection', async () => {
  const large = await buildLayer([{ path: 'large', content: randomBytes(8_000_000) }])
  const { content, image } = await makeImage(AMD64, [large])
  const full = await serveEngine((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(404).end('{"message":"no"}')
      return
    }
    request.once('data', () => {
      request.pause()
      response.write('{"errorDetail":{"message":"no space left"},"error":"no space left"}\n')
      setTimeout(() => request.socket.destroy(), 50)
    })
  })
  await expect(loadImage(full, openContent(content), image)).rejects.toMatchObject({
    code: 'PULL_FAILED',
    message: expect.stringContaining('no space left'),
  })
})
