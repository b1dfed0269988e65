import { Readable } from 'node:stream'
import type { LayerInventory } from '../../../src/audit/inventory.js'
import { type ReadLayer, type ReadLayerOptions, readLayer } from '../../../src/audit/layers/read-layer.js'
import { digestBytes } from '../../lab/digest-bytes.js'

/** Reads a layer that is in memory, in chunks of `step` bytes. */
export async function readWhole(
  bytes: Buffer,
  options: ReadLayerOptions & { diffId?: string } = {},
  step = 64 * 1024,
): Promise<ReadLayer> {
  const layer = { digest: digestBytes(bytes), size: bytes.length, mediaType: '', diffId: options.diffId }
  return await readLayer(
    Readable.from(
      cutBytes(bytes, () => step),
      { objectMode: false },
    ),
    layer,
    options,
  )
}

export async function readBytes(
  bytes: Buffer,
  options: ReadLayerOptions & { diffId?: string } = {},
): Promise<LayerInventory> {
  return (await readWhole(bytes, options)).inventory
}

/** Pieces of some bytes, as long as `step` says for each. */
export function* cutBytes(bytes: Buffer, step: () => number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + Math.max(1, step())
    yield bytes.subarray(at, end)
    at = end
  }
}
