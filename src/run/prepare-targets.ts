import pLimit from 'p-limit'
import type { Settings } from '../config/schema.js'
import type { Host } from '../hosts/host.js'
import type { RunEvent } from '../model/events.js'
import type { ResolvedImage } from '../model/image.js'
import { findShell } from '../pull/find-shell.js'
import { loadImage } from '../pull/load-image.js'
import { type PullCredentials, type PulledImage, type PullProgress, pullImage } from '../pull/pull-image.js'
import type { ImageSource } from '../registry/index.js'
import type { PlannedTarget } from '../targets/plan.js'
import type { WorkerContext } from '../worker/context.js'
import { chooseTimeScale } from './choose-time-scale.js'
import { describeLoss } from './describe-loss.js'

/** What preparing needs to know of the run. */
export interface Preparation {
  readonly settings: Settings
  readonly root: string
  readonly source: ImageSource
  readonly image: ResolvedImage
  readonly credentials: PullCredentials | undefined
  readonly signal: AbortSignal
  readonly shared: Pick<WorkerContext, 'labels' | 'eventSocket'>
  readonly emit: (event: RunEvent) => void
  readonly onPull: (target: string, progress: PullProgress) => void
}

/** A target that is ready to run suites. */
export interface PreparedTarget {
  readonly planned: PlannedTarget
  readonly lane: string
  readonly context: WorkerContext
}

/**
 * Makes hosts hold the images of the targets that are planned for them, proven, and finds each image's shell; so many
 * at a time on each host as the settings say. A target for which that fails becomes lost coverage, and the others go
 * on.
 */
export async function prepareTargets(
  preparation: Preparation,
  targets: readonly PlannedTarget[],
  hostOf: (name: string) => Host,
): Promise<PreparedTarget[]> {
  const limits = new Map<string, ReturnType<typeof pLimit>>()
  const limitOf = (host: string) => {
    const limit = limits.get(host) ?? pLimit(preparation.settings.pullConcurrency)
    limits.set(host, limit)
    return limit
  }
  const start = chooseStart(preparation.settings, targets)
  const prepared = await Promise.all(
    targets.map(planned =>
      limitOf(planned.target.host)(async () => {
        if (preparation.signal.aborted) return undefined
        try {
          const context = await prepareTarget(preparation, planned, hostOf(planned.target.host), start)
          return { planned, lane: planned.lane, context }
        } catch (error) {
          // Nothing was lost that the user still wanted.
          return preparation.signal.aborted ? undefined : { planned, error }
        }
      }),
    ),
  )
  const ready = prepared.filter((each): each is PreparedTarget => each !== undefined && 'context' in each)
  for (const each of prepared) {
    if (each === undefined || 'context' in each) continue
    const other = ready.find(({ lane }) => lane === each.planned.lane)
    preparation.emit({
      type: 'coverage-lost',
      lost: describeLoss(each.planned.target, each.error, other?.planned.target.label),
    })
  }
  return ready
}

async function prepareTarget(
  preparation: Preparation,
  planned: PlannedTarget,
  host: Host,
  start: 'image' | 'idle',
): Promise<WorkerContext> {
  const { settings, shared } = preparation
  const { target, image } = planned
  const began = performance.now()
  const { name, imageId, proof, fetched } = await fetchImage(preparation, planned, host)
  const durationMs = Math.round(performance.now() - began)
  preparation.emit({ type: 'image-pulled', target: target.id, imageId, proof, fetched, durationMs })
  const scale = chooseTimeScale(target, settings.timeoutScale)
  const shell = await findShell(host.engine, name, { ...shared.labels })
  return {
    target,
    pass: 'main',
    image: name,
    reference: preparation.image.reference,
    imageConfig: image.imageConfig,
    ...(shell === undefined ? {} : { shell }),
    start,
    reach: host.reach,
    env: target.emulator?.cpu === undefined ? {} : { QEMU_CPU: target.emulator.cpu },
    timeScale: scale,
    limits: {
      commandTimeoutMs: Math.round(settings.commandTimeout * scale),
      startTimeoutMs: Math.round(settings.startTimeout * scale),
      maxOutputBytes: settings.maxOutput,
    },
    foreignPrograms: settings.foreignPrograms,
    isolateDeclared: settings.isolate,
    root: preparation.root,
    ...shared,
  }
}

/**
 * The host pulls from the registry itself; what comes from a layout, and what the user wants copied, goes through this
 * machine.
 */
async function fetchImage(
  { settings, source, credentials, signal, onPull }: Preparation,
  { target, image }: PlannedTarget,
  host: Host,
): Promise<PulledImage> {
  const copy = () => loadImage(host.engine, source, image, signal)
  if (source.source !== 'registry' || settings.copyImages === 'always') return copy()
  try {
    const tell = (progress: PullProgress) => onPull(target.label, progress)
    return await pullImage(host.engine, source.repository, image, credentials, tell, signal)
  } catch (error) {
    if (settings.copyImages === 'fallback' && !signal.aborted) return copy()
    throw error
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
