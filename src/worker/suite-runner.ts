import { type RunnerTask, TestRunner } from 'vitest'

/** Longer than vitest gathers results before it sends them. */
const PATIENCE_MS = 250

/**
 * Vitest's own runner, which says each result soon. Vitest gathers results for 100 ms, but the timer that should
 * then send them does nothing when it ends within the same millisecond (a third of them do): the result waits for
 * the end of the next check, and would be lost with a run that is ended before. A result may be said twice.
 */
export default class SuiteRunner extends TestRunner {
  private readonly unsaid = new Map<string, RunnerTask>()
  private timer: NodeJS.Timeout | undefined

  override onAfterRunTask(test: RunnerTask): void {
    super.onAfterRunTask(test)
    this.unsaid.set(test.id, test)
    this.timer ??= setTimeout(() => this.say(), PATIENCE_MS).unref()
  }

  /** Vitest calls it beside its own sending. */
  onTaskUpdate(packs: readonly TaskPack[]): Promise<void> {
    for (const [id] of packs) this.unsaid.delete(id)
    return Promise.resolve()
  }

  private say(): void {
    this.timer = undefined
    const tasks = [...this.unsaid.values()]
    if (tasks.length === 0) return
    const send = (this as { onTaskUpdate: Send }).onTaskUpdate
    send(
      tasks.map(({ id, result, meta }) => [id, result, meta]),
      tasks.map(({ id }) => [id, 'test-finished', undefined]),
    ).catch(() => {
      // The main process is gone; vitest's own sending says so where it matters.
    })
  }
}

type TaskPack = readonly [id: string, result: RunnerTask['result'], meta: RunnerTask['meta']]
type Send = (packs: TaskPack[], events: [id: string, event: string, data: undefined][]) => Promise<void>
