import type { ContainerOptions } from './container/options.js'
import { CheckFailure } from './failure.js'
import { type OpenedContainer, openContainer } from './open-container.js'
import { getWorker, type Worker } from './worker.js'

/**
 * The suite file that this worker is at, with its shared container. The container is started before the first
 * check, so that its start counts against no check's time, and started anew if a check had to end it.
 */
class SuiteFile {
  options: ContainerOptions | false = {}
  private opened: Promise<OpenedContainer> | undefined
  private removals: (() => Promise<void>)[] = []

  /** Starts the shared container; a failure is kept for the checks that use it. */
  async prepare(): Promise<void> {
    if (this.options === false) return
    await this.open(getWorker()).catch(() => {})
  }

  /** The shared container. Throws what kept it from starting. */
  async get(): Promise<OpenedContainer> {
    if (this.options === false) {
      throw new CheckFailure(
        'exception',
        'NO_CONTAINER',
        'This suite said useContainer(false), so only run() and startContainer() are there',
      )
    }
    const opened = await this.open(getWorker())
    if (opened.handle.ended === undefined) return opened
    this.opened = undefined
    return this.open(getWorker())
  }

  async close(): Promise<void> {
    const removals = this.removals
    this.removals = []
    this.opened = undefined
    this.options = {}
    await Promise.all(removals.map(remove => remove()))
  }

  private open(worker: Worker): Promise<OpenedContainer> {
    this.opened ??= openContainer(worker, this.options || {}, remove => this.removals.push(remove))
    return this.opened
  }
}

export const suiteFile: SuiteFile = new SuiteFile()

/**
 * Says how this file's shared container is started; call it once at the top of a suite file.
 * `false` starts none, for suites that only use `run` or `startContainer`.
 */
export function useContainer(options: ContainerOptions | false): void {
  suiteFile.options = options
}
