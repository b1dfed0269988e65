import { expandVariables } from '../../suites/structure-test/expand-variables.js'
import { judgeOutput } from '../../suites/structure-test/judge-output.js'
import type {
  CommandCheck,
  StructureCheck,
  StructureSuite,
} from '../../suites/structure-test/structure-suite.js'
import type { CheckScope } from '../check-scope.js'
import type { ContainerOptions } from '../container/options.js'
import type { CommandResult } from '../container/results.js'
import { AheadRunner, type SharedCommand } from '../declared/ahead-runner.js'
import { CleanContainer } from '../declared/clean-container.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import { makeContainerOptions, makeEnv } from './container-options.js'
import { runSetup } from './run-setup.js'

/**
 * Runs the command tests of one file. Each starts from the image as pushed. Where nothing can be seen of it, they share
 * one container and its shell, which is many times faster; else each has a container of its own, as that tool has it.
 */
export class CommandRunner {
  private readonly shared: Omit<StructureSuite, 'checks'>
  private readonly container: ContainerOptions
  private readonly clean: CleanContainer | undefined
  private readonly ahead: AheadRunner<CommandCheck> | undefined

  constructor(shared: Omit<StructureSuite, 'checks'>) {
    this.shared = shared
    this.container = makeContainerOptions(shared.run)
    const { context } = getWorker()
    const sharable =
      !context.isolateDeclared &&
      context.shell !== undefined &&
      !shared.run.privileged &&
      !shared.run.allocateTty &&
      // The engine does not tell what changed in a volume.
      shared.run.bindMounts.length === 0 &&
      context.imageConfig.volumes.length === 0
    this.clean = sharable ? new CleanContainer({ ...this.container, start: 'idle' }) : undefined
    this.ahead = this.clean === undefined ? undefined : new AheadRunner(this.clean)
  }

  /**
   * What is wrong with how a check's command ended; one sentence each. `listNext` gives the checks of the file whose turn
   * comes after it.
   */
  async judge(
    check: CommandCheck,
    scope: CheckScope,
    listNext: () => readonly StructureCheck[],
  ): Promise<string[]> {
    const command = this.describe(check)
    const result = await this.run(check, command, scope, listNext)
    if (result.startError !== undefined) return [`${command.argv[0]} cannot be started: ${result.startError}`]
    const problems = judgeOutput(check, {
      exitCode: result.exitCode,
      stdout: result.stdoutBytes,
      stderr: result.stderrBytes,
    })
    // A pattern may match what was not kept.
    const asks = [check.expectedOutput, check.excludedOutput, check.expectedError, check.excludedError]
    if (result.truncated && asks.some(each => each.length > 0))
      throw new CheckFailure(
        'exception',
        'OUTPUT_TRUNCATED',
        `The output is longer than what is kept of it, so its patterns cannot be judged: raise maxOutput. ${problems.join('; ')}`,
      )
    return problems
  }

  async close(): Promise<void> {
    await this.clean?.close()
  }

  private async run(
    check: CommandCheck,
    command: SharedCommand,
    scope: CheckScope,
    listNext: () => readonly StructureCheck[],
  ): Promise<CommandResult> {
    const { argv, options } = command
    const alone = { ...this.container, ...options, env: { ...this.container.env, ...options.env } }
    if (check.setup.length > 0)
      return runSetup(check.setup, alone, scope, prepared => this.runAlone(argv, prepared, scope))
    const found = isSharable(check)
      ? await this.ahead?.run(
          check,
          scope,
          () => listNext().filter(each => each.kind === 'command' && isSharable(each)) as CommandCheck[],
          each => this.describe(each),
        )
      : undefined
    return found ?? this.runAlone(argv, alone, scope)
  }

  /** A check's command with its variables replaced: by the image's own, then the file's, then the check's. */
  private describe(check: CommandCheck): SharedCommand {
    const { env, image } = makeEnv([...this.shared.globalEnv, ...check.env])
    const argv = check.command.map(word => expandVariables(word, name => image.get(name)))
    const { timeScale } = getWorker().context
    const limit = check.timeoutMs === undefined ? {} : { timeoutMs: check.timeoutMs * timeScale }
    return { argv, options: { env, ...limit } }
  }

  private runAlone(
    argv: readonly string[],
    options: ContainerOptions & { image?: string },
    scope: CheckScope,
  ): Promise<CommandResult> {
    return scope.run(argv.slice(1), { ...options, entrypoint: argv.slice(0, 1) }, argv)
  }
}

/** Whether a command needs nothing but the image as it was pushed. */
const isSharable = (check: CommandCheck): boolean => check.setup.length === 0 && !check.isolate
