import type Docker from 'dockerode'
import pLimit from 'p-limit'
import type { Descriptor, PlatformImage } from '../model/image.js'

/** Hosts that build images hold thousands; a base that is still in use is among the newest. */
const MAX_IMAGES = 200
const INSPECTED_AT_ONCE = 8

/**
 * Digests of the layers that the engine need not be sent, since one of its newest images begins with the same content
 * (diff ids). It is a guess that loading has to confirm: an engine with the containerd store wants the same compressed
 * bytes, too. Empty where the engine does not tell; never rejects.
 */
export async function findHeldLayers(
  engine: Docker,
  { layers, imageConfig: { diffIds } }: PlatformImage,
): Promise<ReadonlySet<Descriptor['digest']>> {
  if (layers.length !== diffIds.length) return new Set()
  const images = await engine.listImages().catch(() => [])
  const newest = [...images].sort((a, b) => b.Created - a.Created).slice(0, MAX_IMAGES)
  const limit = pLimit(INSPECTED_AT_ONCE)
  let held = 0
  await Promise.all(
    newest.map(({ Id }) =>
      limit(async () => {
        if (held === diffIds.length) return
        const info = await engine
          .getImage(Id)
          .inspect()
          .catch(() => undefined)
        held = Math.max(held, countCommon(info?.RootFS?.Layers ?? [], diffIds))
      }),
    ),
  )
  // The same layer may stand further up once more, where the engine opens its file.
  const opened = new Set(layers.slice(held).map(({ digest }) => digest))
  return new Set(layers.slice(0, held).flatMap(({ digest }) => (opened.has(digest) ? [] : [digest])))
}

function countCommon(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((layer, index) => layer !== other[index])
  return end < 0 ? one.length : end
}
