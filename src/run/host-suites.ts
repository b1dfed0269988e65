import type { Settings } from '../config/schema.js'
import { describeError } from '../errors.js'
import type { Host } from '../hosts/host.js'
import { watchEngine } from '../hosts/watch-engine.js'
import type { RunEvent } from '../model/events.js'
import type { WorkerContext } from '../worker/context.js'
import { chooseConcurrency, listProjects } from './list-projects.js'
import { type SuiteRun, type SuiteSelection, startSuites } from './run-suites.js'

/** What running suites on a host works with. */
export interface HostSuites {
  readonly settings: Settings
  readonly selection: SuiteSelection
  readonly signal: AbortSignal
  readonly emit: (event: RunEvent) => void
}

/** How the suites of one host ended. */
export interface HostOutcome {
  readonly host: Host
  /** True where the host was lost: what is not in `done` has no verdict that counts. */
  readonly lost: boolean
  /** Files that each target came to the end of while the host was known to answer. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Runs files on the targets of one host and watches the host meanwhile. One that stops answering is cut off at once,
 * so that nothing waits for it, and told by `host-lost`. `noise` runs the reference a second time.
 */
export async function runHostSuites(
  host: Host,
  contexts: readonly WorkerContext[],
  files: ReadonlyMap<string, readonly string[]>,
  noise: boolean,
  { settings, selection, signal, emit }: HostSuites,
): Promise<HostOutcome> {
  const ends: { target: string; file: string; at: number }[] = []
  let run: SuiteRun | undefined
  let lostSince: number | undefined
  const cancel = () => void run?.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  const lose = (message: string, lastSeen: number) => {
    lostSince = lastSeen
    emit({
      type: 'host-lost',
      host: host.name,
      message,
      phase: 'run',
      lastSeenAt: new Date(lastSeen).toISOString(),
    })
    host.sever()
    cancel()
  }
  const watch = watchEngine(host, lose)
  try {
    const busy = contexts.filter(({ target }) => (files.get(target.id)?.length ?? 0) > 0)
    const concurrency = host.spec.concurrency ?? settings.concurrency ?? chooseConcurrency(host.facts)
    const projects = listProjects(busy, host, noise, files)
    run = await startSuites(projects, settings, selection, concurrency, emit, (target, file) =>
      ends.push({ target, file, at: Date.now() }),
    )
    if (signal.aborted || lostSince !== undefined) cancel()
    await run.done
    // A host that went just now would otherwise be noticed by nobody: its last checks must not count.
    if (lostSince === undefined && !signal.aborted) await watch.askOnce()
  } catch (error) {
    if (lostSince === undefined) throw error
    emit({ type: 'host-lost', host: host.name, message: describeError(error), phase: 'run' })
  } finally {
    watch.stop()
    signal.removeEventListener('abort', cancel)
  }
  const done = new Map<string, Set<string>>()
  for (const { target, file, at } of ends) {
    if (lostSince !== undefined && at > lostSince) continue
    done.set(target, (done.get(target) ?? new Set()).add(file))
  }
  return { host, lost: lostSince !== undefined, done }
}
