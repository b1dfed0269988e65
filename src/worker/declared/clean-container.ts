import type { CheckScope } from '../check-scope.js'
import type { ContainerHandle } from '../container/container-handle.js'
import type { ContainerOptions } from '../container/options.js'
import { type OpenedContainer, openContainer } from '../open-container.js'
import { getWorker } from '../worker.js'
import { isUntouched, readTraces, type Traces } from './read-traces.js'

interface Opened {
  readonly container: OpenedContainer
  readonly remove: () => Promise<void>
  readonly traces: Traces
}

/**
 * A container for commands that must each find the image as it was pushed: it serves one after another as long as none
 * has left a trace, and is replaced by a fresh one after the first that has.
 */
export class CleanContainer {
  private readonly options: ContainerOptions
  private opened: Promise<Opened | undefined> | undefined
  private readonly leaving = new Set<Promise<void>>()

  constructor(options: ContainerOptions) {
    this.options = options
  }

  /**
   * Lets `work` run commands in it, and tells whether they left no trace; undefined where no such container can be had, so
   * that commands must run alone. After a trace the next one gets a fresh container.
   */
  async use<T>(
    scope: CheckScope,
    work: (handle: ContainerHandle) => Promise<T>,
  ): Promise<{ readonly result: T; readonly isClean: boolean } | undefined> {
    this.opened ??= this.open()
    const opened = await this.opened
    if (opened === undefined) return undefined
    const handle = scope.adopt(opened.container)
    let isClean = false
    try {
      const result = await work(handle)
      isClean =
        handle.ended === undefined && isUntouched(opened.traces, await readTraces(handle, scope.signal))
      return { result, isClean }
    } finally {
      if (!isClean) this.discard(opened)
    }
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined)
    if (opened !== undefined) this.discard(opened)
    await Promise.all(this.leaving)
  }

  private discard(opened: Opened): void {
    this.opened = undefined
    // The next check need not wait for it.
    const removal = opened.remove().finally(() => this.leaving.delete(removal))
    this.leaving.add(removal)
  }

  private async open(): Promise<Opened | undefined> {
    let remove = async () => {}
    try {
      const container = await openContainer(getWorker(), this.options, each => {
        remove = each
      })
      const traces = await readTraces(container.handle, AbortSignal.timeout(30_000))
      if (traces !== undefined) return { container, remove, traces }
      await remove()
    } catch {
      // A shell that this user may not run, an engine that is lost: running alone tells which.
      await remove()
    }
    return undefined
  }
}
