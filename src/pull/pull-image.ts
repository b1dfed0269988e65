import type Docker from 'dockerode'
import type { AuthConfig } from 'dockerode'
import { ArchparityError, describeError } from '../errors.js'
import { followProgress } from '../hosts/follow-progress.js'
import type { PlatformImage } from '../model/image.js'
import { formatPlatform } from '../model/platform.js'
import { adviseOnPull } from './advise.js'
import { proveImage } from './prove-image.js'

/** How far a pull is, in bytes over all layers that have announced a size. */
export interface PullProgress {
  readonly current: number
  readonly total: number
}

/** What the engine holds after a pull, and how that is known. */
export interface PulledImage {
  /** What containers are created from. */
  readonly name: string
  readonly imageId: string
  readonly proof: readonly string[]
  readonly fetched: boolean
}

/** What `docker login` would have stored, in the engine's words. */
export type PullCredentials = AuthConfig | { identitytoken: string; serveraddress: string }

/**
 * Makes the engine hold exactly `image` under `repository@digest`, pulling it only if the engine cannot prove
 * that it does. Throws PULL_FAILED with the error that the engine reports inside its progress stream or because `signal` was aborted, or
 * PULL_UNPROVEN where what it holds is something else.
 */
export async function pullImage(
  engine: Docker,
  repository: string,
  image: PlatformImage,
  credentials: PullCredentials | undefined,
  onProgress: (progress: PullProgress) => void,
  signal?: AbortSignal,
): Promise<PulledImage> {
  const name = `${repository}@${image.manifest.digest}`
  const held = await proveImage(engine, name, image)
  if (held.proven) return { name, imageId: held.imageId, proof: held.proof, fetched: false }
  try {
    await pull(engine, name, image, credentials, onProgress, signal)
  } catch (error) {
    throw new ArchparityError(
      'PULL_FAILED',
      `Pulling ${name} (${formatPlatform(image.platform)}) failed: ${describeError(error)}`,
      {
        hint: adviseOnPull(describeError(error), repository),
        cause: error,
      },
    )
  }
  const pulled = await proveImage(engine, name, image)
  if (pulled.proven) return { name, imageId: pulled.imageId, proof: pulled.proof, fetched: true }
  throw new ArchparityError(
    'PULL_UNPROVEN',
    `The engine pulled ${name}, but what it holds is not what the index names: ${pulled.problem}`,
    {
      hint: `Remove it (docker image rm ${name}) and run again; if it stays so, the engine or a mirror in between alters images.`,
    },
  )
}

async function pull(
  engine: Docker,
  name: string,
  image: PlatformImage,
  credentials: PullCredentials | undefined,
  onProgress: (progress: PullProgress) => void,
  signal?: AbortSignal,
): Promise<void> {
  // The config's own platform: it is what engines check, and a mislabelled image must still be pulled as it is.
  const platform = formatPlatform({ ...image.configPlatform, osVersion: '' })
  const stream = await engine.pull(name, {
    platform,
    ...(signal === undefined ? {} : { abortSignal: signal }),
    ...(credentials === undefined ? {} : { authconfig: credentials as AuthConfig }),
  })
  const layers = new Map<string, PullProgress>()
  await followProgress(stream, ({ id, status, progressDetail }) => {
    const { current, total } = progressDetail ?? {}
    if (id === undefined || status !== 'Downloading' || !current || !total) return
    layers.set(id, { current, total })
    const all = [...layers.values()]
    onProgress({ current: sum(all.map(each => each.current)), total: sum(all.map(each => each.total)) })
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
