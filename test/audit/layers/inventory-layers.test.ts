import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type InventoryOptions, inventoryLayers } from '../../../src/audit/layers/inventory-layers.js'
import type { Descriptor, PlatformImage } from '../../../src/model/image.js'
import type { ContentReader } from '../../../src/registry/index.js'
import { digestBytes } from '../../lab/digest-bytes.js'
import { writeImage } from '../../lab/image-writer.js'
import { buildLayer, type Layer } from '../../lab/layer.js'
import { AMD64, ARM64, type LabPlatform } from '../../lab/platforms.js'
import { describeContent } from '../../worker/test-image.js'
import { makeEntry } from './make-tar.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'archparity-test-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const buildFile = (name: string) => buildLayer([{ path: name, content: name.repeat(1000) }])
const describeImage = ({ platform }: LabPlatform, layers: Layer[]): PlatformImage =>
  describeContent(writeImage({ platform, layers }))

/** A source of these layers that remembers what was asked of it. */
function openSource(layers: readonly Layer[], fail?: (descriptor: Descriptor) => Error | undefined) {
  const asked: string[] = []
  let open = 0
  let mostOpen = 0
  const source: ContentReader = {
    readManifest: () => Promise.reject(new Error('no manifests')),
    async readBlob(descriptor) {
      asked.push(descriptor.digest)
      const layer = layers.find(({ digest }) => digest === descriptor.digest)
      if (layer === undefined) throw new Error(`no ${descriptor.digest}`)
      open += 1
      mostOpen = Math.max(mostOpen, open)
      return Readable.from(
        (async function* () {
          await setTimeout(20)
          yield layer.bytes
          const failure = fail?.(descriptor)
          if (failure !== undefined) throw failure
          open -= 1
        })(),
        { objectMode: false },
      )
    },
  }
  return { source, asked, countOpen: () => mostOpen }
}

async function makeTwoPlatforms() {
  const [shared, one, two] = await Promise.all(['shared', 'one', 'two'].map(buildFile))
  const layers = [shared, one, two] as [Layer, Layer, Layer]
  const platforms = [
    describeImage(AMD64, [layers[0], layers[1]]),
    describeImage(ARM64, [layers[0], layers[2], layers[0]]),
  ]
  return { layers, platforms }
}

const withoutCache = (options: InventoryOptions = {}) => ({ cache: false as const, ...options })

test('every distinct layer is read once, several at a time', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const { source, asked, countOpen } = openSource(layers)
  const result = await inventoryLayers(source, platforms, withoutCache({ concurrency: 2 }))
  expect([result.read, result.cached, countOpen()]).toEqual([3, 0, 2])
  expect(asked.sort()).toEqual(layers.map(layer => layer.digest).sort())
  for (const [index, name] of ['shared', 'one', 'two'].entries()) {
    const inventory = result.layers.get(layers[index]?.digest ?? 'sha256:')
    expect(inventory).toMatchObject({ entries: [{ path: name, type: 'file' }], problems: [] })
    expect(inventory?.diffId).toBe(layers[index]?.diffId)
  }
})

test('the second time nothing is read', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const first = await inventoryLayers(openSource(layers).source, platforms, { cache: folder })
  const { source, asked } = openSource(layers)
  const second = await inventoryLayers(source, platforms, { cache: folder })
  expect([second.read, second.cached, asked]).toEqual([0, 3, []])
  expect(second.layers).toEqual(first.layers)
})

test('progress ends with all layers and all bytes, read or known', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes.length, 0)
  for (let round = 0; round < 2; round += 1) {
    const seen: number[] = []
    await inventoryLayers(openSource(layers).source, platforms, {
      cache: folder,
      onProgress: ({ layersDone, layers: all, bytesDone, bytes: total }) => {
        expect([all, total]).toEqual([3, bytes])
        seen.push(bytesDone + layersDone)
      },
    })
    expect(seen.at(-1)).toBe(bytes + 3)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  }
})

test('what a config says of a layer is checked each time, and not kept with the layer', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const [right, other] = platforms as [PlatformImage, PlatformImage]
  const diffIds = [other.imageConfig.diffIds[1] ?? '', ...other.imageConfig.diffIds.slice(1)]
  const wrong = { ...other, imageConfig: { ...other.imageConfig, diffIds } }
  const read = async (...images: PlatformImage[]) => {
    const result = await inventoryLayers(openSource(layers).source, images, { cache: folder })
    return [...result.layers.values()].flatMap(layer => layer.problems.map(({ code }) => code))
  }
  expect(await read(right, wrong)).toEqual(['diff-id-mismatch'])
  expect(await read(right, other)).toEqual([])
  expect(await read(wrong)).toEqual(['diff-id-mismatch'])
})

test('a layer that is not for distribution is not asked for', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const [image] = platforms as [PlatformImage]
  for (const mediaType of [
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ]) {
    const foreign = { ...image, layers: image.layers.map(layer => ({ ...layer, mediaType })) }
    const { source, asked } = openSource(layers)
    const result = await inventoryLayers(source, [foreign], { cache: folder })
    expect([...result.layers.values()].map(({ problems }) => problems[0]?.code)).toEqual([
      'unsupported',
      'unsupported',
    ])
    expect(asked).toEqual([])
  }
  expect(await readdir(folder)).toEqual([])
})

test('a layer that the source fails to give fails the whole, with its error, and is not kept', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const failure = new Error('DIGEST_MISMATCH')
  const { source } = openSource(layers, ({ digest }) => (digest === layers[0].digest ? failure : undefined))
  await expect(inventoryLayers(source, platforms, { cache: folder })).rejects.toBe(failure)
  await expect(inventoryLayers(openSource([]).source, platforms, { cache: false })).rejects.toThrow(
    'no sha256:',
  )
  expect((await readdir(folder)).filter(name => name.includes(layers[0].digest.slice(7)))).toEqual([])
})

test('an abort ends it with the reason', async () => {
  const { layers, platforms } = await makeTwoPlatforms()
  const reason = new Error('stopped')
  const options = { signal: AbortSignal.abort(reason) }
  const { source, asked } = openSource(layers)
  await expect(inventoryLayers(source, platforms, withoutCache(options))).rejects.toBe(reason)
  expect(asked).toEqual([])
})

test('a layer that was not read to its end was not verified, and is not kept', async () => {
  const header = makeEntry({ name: 'bomb', size: 2 ** 31 }).subarray(0, 512)
  const zeros = gzipSync(Buffer.alloc(2 ** 26))
  const bytes = Buffer.concat([gzipSync(header), ...Array.from({ length: 32 }, () => zeros)])
  const bomb: Layer = { bytes, digest: digestBytes(bytes), diffId: digestBytes(header) }
  const result = await inventoryLayers(openSource([bomb]).source, [describeImage(AMD64, [bomb])], {
    cache: folder,
  })
  expect(result.layers.get(bomb.digest)?.problems).toMatchObject([{ code: 'explodes', incomplete: true }])
  expect(await readdir(folder)).toEqual([])
})
