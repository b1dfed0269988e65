import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Settings } from '../config/schema.js'
import { ArchparityError, describeError } from '../errors.js'
import { createProver } from '../hosts/create-prover.js'
import type { Host } from '../hosts/host.js'
import { connectLocalHost } from '../hosts/local.js'
import { watchEngine } from '../hosts/watch-engine.js'
import { EVENT_LOG_VERSION, type LoggedEvent, type RunEvent } from '../model/events.js'
import type { ResolvedImage } from '../model/image.js'
import type { PullProgress } from '../pull/pull-image.js'
import { type ImageSource, openImageSource, pullCredentials } from '../registry/index.js'
import { planTargets } from '../targets/plan.js'
import type { WorkerContext } from '../worker/context.js'
import { runAudit } from './audit-stage.js'
import { EventLog } from './event-log.js'
import { startEventServer } from './event-server.js'
import { chooseConcurrency, listProjects } from './list-projects.js'
import { listSuites } from './list-suites.js'
import { makeLabels } from './owner.js'
import { prepareTargets } from './prepare-targets.js'
import { type SuiteRun, startSuites } from './run-suites.js'
import { removeRunContainers, sweepLeftovers } from './sweep.js'
import type { TemporaryDirectory } from './temporary-directory.js'

/** What a run is asked for. */
export interface RunRequest {
  readonly image: string
  readonly settings: Settings
  /** Absolute path that suites and reports are relative to. */
  readonly root: string
  readonly filters: readonly string[]
  readonly testNamePattern?: string
  readonly version: string
  readonly temporary: TemporaryDirectory
  /** Aborts the run: no new check starts, what runs is stopped, reports are still written. */
  readonly signal: AbortSignal
  /** Environment for finding the engine, as it was before this process cleaned it. */
  readonly env: NodeJS.ProcessEnv
  readonly onEvent?: (event: LoggedEvent) => void
  readonly onPull?: (target: string, progress: PullProgress) => void
  /** Told what is worth knowing and is no error, for example credentials that could not be read. */
  readonly onNotice?: (message: string) => void
}

/** All that a run leaves: its events, in memory and in `log`, and what went wrong with writing them. */
export interface RunOutcome {
  readonly events: readonly LoggedEvent[]
  readonly log: string
  readonly logProblem: string | undefined
}

/**
 * The main job: resolve, plan, pull, run. Never throws for what happens to the image or its hosts: that is in
 * the events, ending with `run-finished`. Throws only for a request that cannot be begun.
 */
export async function runImage(request: RunRequest): Promise<RunOutcome> {
  const { settings, root } = request
  const suites = await listSuites(settings, root, request.filters)
  const log = new EventLog(path.resolve(root, settings.reports, 'run.jsonl'))
  if (request.onEvent !== undefined) log.onEvent(request.onEvent)
  const runId = randomUUID()
  const began = performance.now()
  log.emit({
    type: 'run-started',
    version: EVENT_LOG_VERSION,
    runId,
    archparity: request.version,
    node: process.versions.node,
    image: request.image,
    suites,
    root,
  })
  const elapsed = () => Math.round(performance.now() - began)
  try {
    await runStages(request, log, runId)
    log.emit({
      type: 'run-finished',
      reason: request.signal.aborted ? 'interrupted' : 'completed',
      durationMs: elapsed(),
    })
  } catch (error) {
    const known = error instanceof ArchparityError
    const reason = request.signal.aborted ? 'interrupted' : 'error'
    log.emit({
      type: 'run-finished',
      reason,
      durationMs: elapsed(),
      error: {
        code: known ? error.code : 'INTERNAL',
        message: known
          ? error.message
          : `archparity itself failed: ${(error as Error)?.stack ?? describeError(error)}`,
        ...(known && error.hint !== undefined ? { hint: error.hint } : {}),
      },
    })
  } finally {
    log.close()
  }
  return { events: log.events, log: log.file, logProblem: log.problem }
}

async function runStages(request: RunRequest, log: EventLog, runId: string): Promise<void> {
  const { settings, signal } = request
  const source = await openImageSource(request.image, {
    insecureRegistries: settings.insecureRegistries,
    root: request.root,
    signal,
    ...(request.onNotice === undefined ? {} : { onNotice: request.onNotice }),
  })
  try {
    const image = await source.resolve()
    log.emit({ type: 'image-resolved', image })
    signal.throwIfAborted()
    const emit = (event: RunEvent) => log.emit(event)
    const stage = { settings, source, image, temporary: request.temporary.path, signal, emit }
    // Beside the pulling, which mostly waits for the network; no suite runs before it is over.
    const audited = settings.audit ? runAudit(stage) : Promise.resolve()
    try {
      await runOnLocalHost(request, log, runId, source, image, audited)
    } finally {
      // Without an engine the audit still says what it can.
      await audited
    }
  } finally {
    await source.close()
  }
}

async function runOnLocalHost(
  request: RunRequest,
  log: EventLog,
  runId: string,
  source: ImageSource,
  image: ResolvedImage,
  audited: Promise<void>,
): Promise<void> {
  const host = await connectLocalHost(request.env)
  log.emit({ type: 'host-ready', facts: host.facts })
  try {
    await sweepLeftovers(host.engine, path.dirname(request.temporary.path))
    await runOnHost(request, log, runId, source, image, host, audited)
  } finally {
    await removeRunContainers(host.engine, runId).catch(() => {})
    await host.close()
  }
}

async function runOnHost(
  request: RunRequest,
  log: EventLog,
  runId: string,
  source: ImageSource,
  image: ResolvedImage,
  host: Host,
  audited: Promise<void>,
): Promise<void> {
  const { settings } = request
  const labels = makeLabels(runId)
  const prover = createProver(host, labels)
  const choice = {
    exclude: settings.excludePlatforms,
    ...(settings.platforms === undefined ? {} : { include: settings.platforms }),
    ...(settings.reference === undefined ? {} : { reference: settings.reference }),
  }
  const plan = await planTargets(image, host.facts, choice, prover.prove).finally(prover.close)
  for (const { target } of plan.targets) log.emit({ type: 'target-planned', target })
  for (const lost of plan.lost) log.emit({ type: 'coverage-lost', lost })
  if (plan.targets.length === 0) {
    throw new ArchparityError(
      'NO_RUNNABLE_PLATFORM',
      `No platform of ${request.image} can run on host ${host.name}`,
      {
        hint:
          plan.lost.find(lost => lost.fix !== undefined)?.fix ??
          '`archparity plan` says why for each platform.',
      },
    )
  }
  const emit = (event: RunEvent) => log.emit(event)
  const server = await startEventServer(request.temporary.path, emit)
  try {
    const { root, signal } = request
    const credentials =
      source.source === 'registry'
        ? await pullCredentials(request.image, { insecureRegistries: settings.insecureRegistries })
        : undefined
    const shared = { labels, eventSocket: server.socketPath }
    const onPull = request.onPull ?? (() => {})
    const contexts = await prepareTargets(
      { settings, root, source, image, host, credentials, signal, shared, emit, onPull },
      plan.targets,
    )
    await audited
    signal.throwIfAborted()
    if (contexts.length > 0) await runContexts(request, log, host, contexts)
  } finally {
    await server.close()
  }
}

async function runContexts(
  request: RunRequest,
  log: EventLog,
  host: Host,
  contexts: readonly WorkerContext[],
): Promise<void> {
  const { settings, root, filters, testNamePattern, signal } = request
  let run: SuiteRun | undefined
  const cancel = () => void run?.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  const watch = watchEngine(host, message => {
    log.emit({ type: 'host-lost', host: host.name, message })
    cancel()
  })
  try {
    const selection = { root, filters, ...(testNamePattern === undefined ? {} : { testNamePattern }) }
    const concurrency = settings.concurrency ?? chooseConcurrency(host.facts)
    run = await startSuites(
      listProjects(contexts, host, settings.noise),
      settings,
      selection,
      concurrency,
      event => log.emit(event),
    )
    if (signal.aborted) cancel()
    await run.done
  } finally {
    watch.stop()
    signal.removeEventListener('abort', cancel)
  }
}
