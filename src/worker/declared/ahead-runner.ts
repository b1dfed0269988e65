import type { AheadOutcome, CheckScope } from '../check-scope.js'
import type { CommandOptions, ContainerHandle } from '../container/container-handle.js'
import type { CommandResult } from '../container/results.js'
import type { CleanContainer } from './clean-container.js'

/** A command of a check, which starts from the image as it was pushed. */
export interface SharedCommand {
  readonly argv: readonly string[]
  readonly options: CommandOptions
}

/** Commands of this many checks at most run between two looks for traces. */
const MAX_BATCH = 64
/** A check must not wait long for others: after this no further command is begun. Milliseconds. */
const MAX_AHEAD_MS = 1000
/** Nor while so much output is kept. Bytes. */
const MAX_AHEAD_BYTES = 4 * 1024 * 1024
/** A command that runs ahead and takes longer has its turn when its check comes. */
const PATIENCE_MS = 1000

/**
 * Runs commands of several checks one after another and looks for traces once, since a look costs many times what a
 * command does. Only where none is found do the outcomes count; else the first alone does, which found the image as it
 * was pushed, and the others run again. Batches grow while there are no traces and shrink with each.
 */
export class AheadRunner<Check> {
  private readonly container: Pick<CleanContainer, 'use'>
  private readonly outcomes = new Map<Check, AheadOutcome>()
  private batch = 4

  constructor(container: Pick<CleanContainer, 'use'>) {
    this.container = container
  }

  /**
   * The outcome of a check's command, recorded as its own; undefined where the command must run alone. `listNext` gives the
   * checks whose turn comes after it, and `describe` their commands.
   */
  async run(
    check: Check,
    scope: CheckScope,
    listNext: () => readonly Check[],
    describe: (check: Check) => SharedCommand,
  ): Promise<CommandResult | undefined> {
    const known = this.outcomes.get(check)
    // Once: a further attempt runs it again.
    this.outcomes.delete(check)
    if (known !== undefined) return scope.adoptOutcome(known)
    const used = await this.container.use(scope, handle =>
      this.runBatch(handle, scope, [check, ...listNext().filter(each => !this.outcomes.has(each))], describe),
    )
    if (used === undefined) return undefined
    const [first, ...others] = used.result
    if (first === undefined) return undefined
    if (used.isClean) for (const { check: other, done } of others) this.outcomes.set(other, done)
    if (others.length > 0 || used.isClean)
      this.batch = used.isClean
        ? Math.min(MAX_BATCH, this.batch * 2)
        : Math.max(1, Math.floor(this.batch / 4))
    return scope.adoptOutcome(first.done)
  }

  private async runBatch(
    handle: ContainerHandle,
    scope: CheckScope,
    checks: readonly Check[],
    describe: (check: Check) => SharedCommand,
  ): Promise<{ check: Check; done: AheadOutcome }[]> {
    const ran: { check: Check; done: AheadOutcome }[] = []
    const began = performance.now()
    let bytes = 0
    for (const check of checks.slice(0, this.batch)) {
      const isFirst = ran.length === 0
      const isOver = performance.now() - began > MAX_AHEAD_MS || bytes > MAX_AHEAD_BYTES
      if (!isFirst && (handle.ended !== undefined || isOver)) break
      const { argv, options } = describe(check)
      const limit = isFirst ? {} : { timeoutMs: Math.min(PATIENCE_MS, options.timeoutMs ?? PATIENCE_MS) }
      try {
        const done = await scope.execAhead(handle, argv, { ...options, ...limit })
        if (!isFirst && done.outcome.timedOut) break
        ran.push({ check, done })
        bytes += done.outcome.stdout.kept.length + done.outcome.stderr.kept.length
      } catch (error) {
        // What fails ahead fails again in its turn, and is told there.
        if (isFirst) throw error
        break
      }
    }
    return ran
  }
}
