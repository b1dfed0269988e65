import type Docker from 'dockerode'
import { ArchparityError, describeError } from '../errors.js'
import type { PlatformImage } from '../model/image.js'
import { formatPlatform } from '../model/platform.js'
import { adviseOnLoad } from './advise.js'
import { findHeldLayers } from './find-held-layers.js'
import { proveImage } from './prove-image.js'
import type { PulledImage } from './pull-image.js'
import { type BlobSource, sendArchive } from './send-archive.js'

export type { BlobSource } from './send-archive.js'

/**
 * Makes the engine hold one platform of a source by sending it, without the layers that it holds already. Nothing is
 * tagged. Throws PULL_FAILED with the engine's own words or because `signal` was aborted, or PULL_UNPROVEN.
 */
export async function loadImage(
  engine: Docker,
  source: BlobSource,
  image: PlatformImage,
  signal?: AbortSignal,
): Promise<PulledImage> {
  const held = await findProven(engine, image)
  if (held !== undefined) return { ...held, fetched: false }
  const shown = `${image.manifest.digest} (${formatPlatform(image.platform)})`
  try {
    const loaded =
      (await sendMissing(engine, source, image, signal)) ?? (await sendAll(engine, source, image, signal))
    if (loaded !== undefined) return { ...loaded, fetched: true }
  } catch (error) {
    await removeRemains(engine, image)
    throw new ArchparityError(
      'PULL_FAILED',
      `Loading ${shown} into the engine failed: ${describeError(error)}`,
      { hint: adviseOnLoad(describeError(error)), cause: error },
    )
  }
  throw new ArchparityError('PULL_UNPROVEN', `The engine took ${shown}, but does not hold it afterwards`, {
    hint: 'Push the image to a registry and test it from there.',
  })
}

type Proven = Omit<PulledImage, 'fetched'>

/** Sends what the engine seems to lack; undefined where it seems to hold nothing, or where that was not enough. */
async function sendMissing(
  engine: Docker,
  source: BlobSource,
  image: PlatformImage,
  signal?: AbortSignal,
): Promise<Proven | undefined> {
  const left = await findHeldLayers(engine, image)
  if (left.size === 0) return undefined
  try {
    await sendArchive(engine, source, image, left, signal)
    return await findProven(engine, image)
  } catch {
    return undefined
  }
}

async function sendAll(
  engine: Docker,
  source: BlobSource,
  image: PlatformImage,
  signal?: AbortSignal,
): Promise<Proven | undefined> {
  await sendArchive(engine, source, image, new Set(), signal)
  return findProven(engine, image)
}

/** By whichever id the engine's store would give it. */
async function findProven(engine: Docker, image: PlatformImage): Promise<Proven | undefined> {
  for (const name of [image.config.digest, image.manifest.digest]) {
    const found = await proveImage(engine, name, image)
    if (found.proven) return { name, imageId: found.imageId, proof: found.proof }
  }
  return undefined
}

/**
 * The containerd store may know an image whose layers it could not take, and would call it proven the next time. One
 * with a name is somebody's.
 */
async function removeRemains(engine: Docker, image: PlatformImage): Promise<void> {
  for (const id of [image.config.digest, image.manifest.digest]) {
    const remains = engine.getImage(id)
    const info = await remains.inspect().catch(() => undefined)
    if (info !== undefined && (info.RepoTags ?? []).length === 0) await remains.remove().catch(() => {})
  }
}
