import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Settings } from '../config/schema.js'
import { ArchparityError, describeError } from '../errors.js'
import type { Host } from '../hosts/host.js'
import { EVENT_LOG_VERSION, type LoggedEvent, type RunEvent } from '../model/events.js'
import type { PullProgress } from '../pull/pull-image.js'
import { openImageSource } from '../registry/index.js'
import { NO_PLANS, runAudit } from './audit-stage.js'
import { EventLog } from './event-log.js'
import { hashSuites } from './hash-suites.js'
import { listSuiteDifferences } from './list-suite-differences.js'
import { listSuites } from './list-suites.js'
import { runOnHosts } from './run-hosts.js'
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
  /** Environment for finding engines, as it was before this process cleaned it. */
  readonly env: NodeJS.ProcessEnv
  readonly onEvent?: (event: LoggedEvent) => void
  readonly onPull?: (target: string, progress: PullProgress) => void
  /** Told the hosts as soon as they are connected. */
  readonly onHosts?: (hosts: readonly Host[]) => void
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
  const suites = await listSuites(settings, root, request.filters, request.onNotice)
  const declared = await listSuiteDifferences(suites, root)
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
    suitesDigest: await hashSuites(suites, root),
    root,
    comparison: { differences: [...settings.differences, ...declared], normalize: settings.normalize },
    filtered: request.filters.length > 0 || request.testNamePattern !== undefined,
  })
  const elapsed = () => Math.round(performance.now() - began)
  try {
    await runStages(request, log, runId, suites)
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

async function runStages(
  request: RunRequest,
  log: EventLog,
  runId: string,
  suites: readonly string[],
): Promise<void> {
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
    const audited = settings.audit ? runAudit(stage) : Promise.resolve(NO_PLANS)
    try {
      await runOnHosts({ request, log, runId, source, image, audited, suites })
    } finally {
      // Without an engine the audit still says what it can.
      await audited
    }
  } finally {
    await source.close()
  }
}
