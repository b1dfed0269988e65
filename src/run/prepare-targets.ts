import pLimit from 'p-limit'
import type { Settings } from '../config/schema.js'
import { ArchparityError, describeError } from '../errors.js'
import type { Host } from '../hosts/host.js'
import type { RunEvent } from '../model/events.js'
import type { ResolvedImage } from '../model/image.js'
import { findShell } from '../pull/find-shell.js'
import { loadImage } from '../pull/load-image.js'
import { type PullCredentials, type PulledImage, type PullProgress, pullImage } from '../pull/pull-image.js'
import type { ImageSource } from '../registry/index.js'
import type { PlannedTarget } from '../targets/plan.js'
import type { WorkerContext } from '../worker/context.js'

/** What preparing needs to know of the run. */
export interface Preparation {
  readonly settings: Settings
  readonly root: string
  readonly source: ImageSource
  readonly image: ResolvedImage
  readonly host: Host
  readonly credentials: PullCredentials | undefined
  readonly signal: AbortSignal
  readonly shared: Pick<WorkerContext, 'labels' | 'eventSocket'>
  readonly emit: (event: RunEvent) => void
  readonly onPull: (target: string, progress: PullProgress) => void
}

/**
 * Makes the host hold each target's image, proven, and finds the image's shell. A target for which that fails
 * becomes lost coverage, and the others go on.
 */
export async function prepareTargets(
  preparation: Preparation,
  targets: readonly PlannedTarget[],
): Promise<WorkerContext[]> {
  const limit = pLimit(preparation.settings.pullConcurrency)
  const start = chooseStart(preparation.settings, targets)
  const prepared = await Promise.all(
    targets.map(planned =>
      limit(async () => {
        if (preparation.signal.aborted) return undefined
        try {
          return await prepareTarget(preparation, planned, start)
        } catch (error) {
          preparation.emit(describeLoss(planned, error))
          return undefined
        }
      }),
    ),
  )
  return prepared.filter(context => context !== undefined)
}

async function prepareTarget(
  preparation: Preparation,
  planned: PlannedTarget,
  start: 'image' | 'idle',
): Promise<WorkerContext> {
  const { settings, host, shared } = preparation
  const { target, image } = planned
  const began = performance.now()
  const { name, imageId, proof, fetched } = await fetchImage(preparation, planned)
  const durationMs = Math.round(performance.now() - began)
  preparation.emit({ type: 'image-pulled', target: target.id, imageId, proof, fetched, durationMs })
  const shell = await findShell(host.engine, name, { ...shared.labels })
  return {
    target,
    pass: 'main',
    image: name,
    imageConfig: image.imageConfig,
    ...(shell === undefined ? {} : { shell }),
    start,
    bridgeReachable: host.bridgeReachable,
    limits: {
      commandTimeoutMs: settings.commandTimeout,
      startTimeoutMs: settings.startTimeout,
      maxOutputBytes: settings.maxOutput,
    },
    foreignPrograms: settings.foreignPrograms,
    root: preparation.root,
    ...shared,
  }
}

function fetchImage(preparation: Preparation, { target, image }: PlannedTarget): Promise<PulledImage> {
  const { source, host, credentials, onPull } = preparation
  if (source.source !== 'registry') return loadImage(host.engine, source, image)
  return pullImage(host.engine, source.repository, image, credentials, progress =>
    onPull(target.label, progress),
  )
}

function describeLoss({ target }: PlannedTarget, error: unknown): RunEvent {
  const known = error instanceof ArchparityError
  return {
    type: 'coverage-lost',
    lost: {
      platform: target.label,
      digest: target.digest,
      code: known ? error.code.toLowerCase().replaceAll('_', '-') : 'pull-failed',
      reason: describeError(error),
      intended: false,
      ...(known && error.hint !== undefined ? { fix: error.hint } : {}),
    },
  }
}

/** A service declares how it is reached or how its health is seen; anything else waits for commands. */
function chooseStart(settings: Settings, targets: readonly PlannedTarget[]): 'image' | 'idle' {
  if (settings.start !== 'auto') return settings.start
  // One answer for all platforms: a difference in the configs must not become a difference in the runs.
  const service = targets.some(
    ({ image }) => image.imageConfig.exposedPorts.length > 0 || image.imageConfig.healthcheck !== undefined,
  )
  return service ? 'image' : 'idle'
}
