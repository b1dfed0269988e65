import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import type { Digest } from '../../model/digest.js'
import { shortenDigest } from '../../model/digest.js'
import type { Descriptor, PlatformImage } from '../../model/image.js'
import type { ContentReader } from '../../registry/index.js'
import { type LayerCache, openLayerCache } from '../cache/layer-cache.js'
import type { LayerInventory } from '../inventory.js'
import { PROBE_BYTES } from '../probes/probe-bytes.js'
import { checkDiffId } from './check-diff-id.js'
import { LAYER_LIMITS } from './limits.js'

/** How far the layers of an image are read. */
export interface InventoryProgress {
  readonly layersDone: number
  readonly layers: number
  /** Bytes as stored. */
  readonly bytesDone: number
  readonly bytes: number
}

/** How an image's layers are read. Everything has a default. */
export interface InventoryOptions {
  /** Layers read at the same time. */
  readonly concurrency?: number
  /** Folder of the cache, or false to do without. */
  readonly cache?: string | false
  /** Folder for files that are too large for memory. */
  readonly temporary?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: InventoryProgress) => void
}

/** Every distinct layer of some platforms, and how many of them were read and how many were known. */
export interface LayerInventories {
  readonly layers: ReadonlyMap<Digest, LayerInventory>
  readonly read: number
  readonly cached: number
}

/** Two cores unpack two layers at a time; a third keeps them busy while others wait for the network. */
const CONCURRENCY = 3

/**
 * Reads every distinct layer of the platforms once, or takes it from the cache. Rejects with the source's error where a
 * layer cannot be had; what is wrong with a layer's bytes, and that it is not for distribution, is a problem of it.
 */
export async function inventoryLayers(
  source: ContentReader,
  platforms: readonly PlatformImage[],
  { concurrency = CONCURRENCY, cache: folder, temporary, signal, onProgress }: InventoryOptions = {},
): Promise<LayerInventories> {
  const wanted = new Map(platforms.flatMap(one => one.layers).map(layer => [layer.digest, layer]))
  const bytes = [...wanted.values()].reduce((sum, layer) => sum + layer.size, 0)
  const cache = folder === false ? undefined : openLayerCache(fingerprintReaders(), { folder })
  const layers = new Map<Digest, LayerInventory>()
  const progress = { layersDone: 0, layers: wanted.size, bytesDone: 0, bytes }
  // The first failure ends the others, which would only cost time.
  const failed = new AbortController()
  const ended = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  const limit = pLimit(concurrency)
  let cached = 0
  const readOne = async (layer: Descriptor) => {
    ended.throwIfAborted()
    let bytesDone = 0
    const count = (more: number) => {
      bytesDone += more
      progress.bytesDone += more
      onProgress?.({ ...progress })
    }
    const known = await cache?.read(layer.digest)
    const inventory =
      known ?? (await readFresh(source, layer, cache, { temporary, signal: ended, onBytes: count }))
    if (known !== undefined) cached += 1
    layers.set(layer.digest, inventory)
    progress.layersDone += 1
    count(layer.size - bytesDone)
  }
  const reading = [...wanted.values()].map(layer =>
    limit(() => readOne(layer)).catch(error => {
      if (!failed.signal.aborted) failed.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(reading)
  await Promise.all(reading)
  await cache?.prune()
  return { layers: checkDiffIds(layers, platforms), read: wanted.size - cached, cached }
}

async function readFresh(
  source: ContentReader,
  layer: Descriptor,
  cache: LayerCache | undefined,
  options: { temporary?: string; signal: AbortSignal; onBytes: (count: number) => void },
): Promise<LayerInventory> {
  if (/\bforeign\b|\bnondistributable\b/.test(layer.mediaType)) return describeForeign(layer)
  // Loaded here: an audit from the cache needs no reader of any format.
  const { readLayer } = await import('./read-layer.js')
  const { inventory, verified } = await readLayer(await source.readBlob(layer), layer, options)
  // What was not read to its end was not verified either.
  if (verified) await cache?.write(inventory)
  return inventory
}

/** A layer that registries do not store: its bytes are wherever its `urls` point to. */
function describeForeign({ digest, size, mediaType }: Descriptor): LayerInventory {
  const message = `Layer ${shortenDigest(digest)} is not for distribution (${mediaType}) and was not read`
  return {
    digest,
    size,
    unpackedSize: 0,
    entries: [],
    problems: [{ code: 'unsupported', message, incomplete: true }],
  }
}

/** Adds a problem to each layer that some config claims to be another tar. */
function checkDiffIds(
  layers: ReadonlyMap<Digest, LayerInventory>,
  platforms: readonly PlatformImage[],
): Map<Digest, LayerInventory> {
  const checked = new Map(layers)
  for (const { layers: descriptors, imageConfig } of platforms) {
    for (const [index, { digest }] of descriptors.entries()) {
      const layer = layers.get(digest)
      if (layer === undefined) continue
      const [problem] = checkDiffId(digest, layer.diffId, imageConfig.diffIds[index])
      if (problem !== undefined) checked.set(digest, { ...layer, problems: [...layer.problems, problem] })
    }
  }
  return checked
}

/** Changes with what an inventory holds, so that one made by other probes or limits is not taken for this one's. */
function fingerprintReaders(): string {
  const facts = [LAYER_LIMITS, Object.entries(PROBE_BYTES)]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12)
}
