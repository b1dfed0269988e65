import type Docker from 'dockerode'
import type { RunnerTestCase } from 'vitest'
import { nameSuiteFile, readBuiltinName } from '../builtin/suite-names.js'
import { type CheckRef, makeCheckId } from '../model/check.js'
import type { CommandObservation } from '../model/observation.js'
import { choosePerPlatform, type PerPlatform } from '../model/per-platform.js'
import type { CommandOptions, ContainerHandle } from './container/container-handle.js'
import { describeOutcome } from './container/container-handle.js'
import { tellsOwners } from './container/engine-limits.js'
import type { ContainerOptions } from './container/options.js'
import { readContainerFile } from './container/read-file.js'
import { readContainerLogs } from './container/read-logs.js'
import type { HttpOptions } from './container/request-http.js'
import {
  type CommandResult,
  type FileResult,
  type HttpResult,
  type LogsResult,
  makeCommandResult,
} from './container/results.js'
import { type OnceOptions, runOnce } from './container/run-once.js'
import { type Exchange, exchangeHttp } from './exchange-http.js'
import { type Command, type CommandOutcome, formatCommand } from './exec/command.js'
import { CheckFailure, wrapEngineError } from './failure.js'
import { Judgement } from './judgement.js'
import { type OpenedContainer, openContainer } from './open-container.js'
import { type Recorder, startRecorder } from './recorder.js'
import { suiteFile } from './suite-file.js'
import type { Worker } from './worker.js'

/** What a program answered to a probe. */
export interface Probe extends CommandResult {
  readonly timedOut: boolean
  /** Records it as what the check saw. */
  record(): void
}

declare module 'vitest' {
  interface TaskMeta {
    /** How long a check took, where that is not how long it was waited for. */
    archparityMs?: number
  }
}

/** A command that ran before it was known to be a check's. */
export interface AheadOutcome {
  readonly command: Command
  readonly outcome: CommandOutcome
  readonly judgement: Judgement
}

/** One attempt of one check: what it may touch, what it sees, and what has to be cleaned up after it. */
export class CheckScope {
  private readonly worker: Worker
  private readonly task: Readonly<RunnerTestCase>
  private readonly recorder: Recorder
  private readonly abort = new AbortController()
  private readonly judgement: Judgement
  private readonly removals: (() => Promise<void>)[] = []

  constructor(worker: Worker, task: Readonly<RunnerTestCase>, signal: AbortSignal) {
    this.worker = worker
    this.task = task
    this.judgement = new Judgement(worker)
    this.recorder = startRecorder(
      worker.context,
      worker.channel,
      describeCheck(task, worker.context.root),
      task.result?.retryCount ?? 0,
    )
    signal.addEventListener('abort', () => this.abort.abort(), { once: true })
  }

  record: Recorder['record'] = observation => this.recorder.record(observation)

  /** The value for this target; the difference that the values make between platforms is then legitimate. */
  choose<T>(values: PerPlatform<T>): T {
    const value = choosePerPlatform(values, this.worker.context.target.platform)
    // What JSON cannot hold is expected, but explains no difference.
    this.recorder.expect(JSON.parse(JSON.stringify({ values, value: value ?? null })))
    return value
  }

  /** The suite file's shared container. */
  async getContainer(): Promise<ContainerHandle> {
    return this.adopt(await suiteFile.get())
  }

  /** A container of this check's own, removed when the check is over. */
  async startContainer(options: ContainerOptions): Promise<ContainerHandle> {
    return this.adopt(await openContainer(this.worker, options, remove => this.removals.push(remove)))
  }

  async exec(
    handle: ContainerHandle,
    command: Command,
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    const programs = await this.judgement.judgeCommand(handle.engine, handle.options, command, options)
    const outcome = await handle.exec(command, options, this.abort.signal, programs)
    return this.finishCommand('exec', command, outcome)
  }

  /** Runs a command whose outcome may never be a check's: nothing is recorded, and what the guard finds is kept beside it. */
  async execAhead(
    handle: ContainerHandle,
    command: Command,
    options: CommandOptions = {},
  ): Promise<AheadOutcome> {
    const judgement = new Judgement(this.worker)
    const programs = await judgement.judgeCommand(handle.engine, handle.options, command, options)
    const outcome = await handle.exec(command, options, this.abort.signal, programs)
    return { command, outcome, judgement }
  }

  /** Makes a command that has run ahead this check's own. */
  adoptOutcome({ command, outcome, judgement }: AheadOutcome): CommandResult {
    this.judgement.absorb(judgement)
    // What it waited for others is not its own time.
    this.task.meta.archparityMs = outcome.durationMs
    return this.finishCommand('exec', command, outcome)
  }

  /** Judges a program of the image that something else has started. */
  async judgeProgram(container: Docker.Container, program: string): Promise<void> {
    await this.judgement.judgeCommand(container, {}, [program], {})
  }

  /** Records what came of a script of the user's. */
  finishScript(script: string, outcome: CommandOutcome): CommandResult {
    return this.finishCommand('script', script, outcome)
  }

  /** `argv` is the whole command where the image's entrypoint is no part of it: then it is recorded as such. */
  async run(command?: Command, options: OnceOptions = {}, argv?: readonly string[]): Promise<CommandResult> {
    const { engine, context } = this.worker
    const outcome = await runOnce(
      engine,
      context,
      command,
      options,
      this.abort.signal,
      async (container, argv) => {
        const settings = {
          ...(options.env === undefined ? {} : { env: options.env }),
          ...(options.cwd === undefined ? {} : { workingDir: options.cwd }),
        }
        const programs = await this.judgement.judgeCommand(container, settings, argv, {})
        if (typeof command === 'string') await this.judgement.judgeCommand(container, settings, command, {})
        return programs
      },
    )
    return argv === undefined
      ? this.finishCommand('run', command ?? [], outcome)
      : this.finishCommand('exec', argv, outcome)
  }

  /**
   * Runs a program for its answer alone: what it writes is the loader's or a probe's own words and no output of the
   * image, so it is recorded only where the caller finds it to be evidence.
   */
  async probe(argv: readonly string[], options: CommandOptions = {}): Promise<Probe> {
    if (this.worker.context.shell === undefined) return this.probeAlone(argv, options)
    const handle = await this.getContainer()
    const programs = await this.judgement.judgeCommand(handle.engine, handle.options, argv, options)
    return this.describeProbe(argv, await handle.exec(argv, options, this.abort.signal, programs))
  }

  /** Without a shell no container waits for commands: each gets one of its own. */
  private async probeAlone(argv: readonly string[], options: CommandOptions): Promise<Probe> {
    const { engine, context } = this.worker
    const once = { ...options, entrypoint: argv.slice(0, 1) }
    const judge = (container: Docker.Container, all: readonly string[]) =>
      this.judgement.judgeCommand(container, {}, all, {})
    return this.describeProbe(
      argv,
      await runOnce(engine, context, argv.slice(1), once, this.abort.signal, judge),
    )
  }

  private describeProbe(argv: readonly string[], outcome: CommandOutcome): Probe {
    return {
      ...makeCommandResult(argv, outcome),
      timedOut: outcome.timedOut,
      record: () => this.record(describeOutcome('exec', argv, outcome)),
    }
  }

  async file(handle: ContainerHandle, path: string): Promise<FileResult> {
    const { maxOutputBytes } = this.worker.context.limits
    const reading = await readContainerFile(handle.engine, path, maxOutputBytes).catch(error => {
      throw wrapEngineError(error, `Reading ${path} failed`)
    })
    const { uid: _, gid: __, ...observation } = reading.observation
    const owners = await tellsOwners()
    this.record(owners ? reading.observation : observation)
    return owners ? reading.result : { ...reading.result, uid: undefined, gid: undefined }
  }

  async logs(handle: ContainerHandle): Promise<LogsResult> {
    const logs = await readContainerLogs(handle.engine, this.worker.context.limits.maxOutputBytes).catch(
      error => {
        throw wrapEngineError(error, 'Reading the logs failed')
      },
    )
    this.record(logs.observation)
    return logs
  }

  async http(handle: ContainerHandle, path: string, options: HttpOptions = {}): Promise<HttpResult> {
    const { observation, result, failure } = await this.exchange(handle, path, options)
    this.record(observation)
    if (result === undefined) throw failure
    return result
  }

  /** One exchange that is not recorded: the caller asks again until it is as it should be. */
  exchange(handle: ContainerHandle, path: string, options: HttpOptions): Promise<Exchange> {
    return exchangeHttp(this.worker, handle, path, options, this.abort.signal)
  }

  /** What the check may wait for; aborted when its time is over. */
  get signal(): AbortSignal {
    return this.abort.signal
  }

  /** Takes over a container that somebody else started and removes: the guard's word on it is this check's too. */
  adopt(opened: OpenedContainer): ContainerHandle {
    this.judgement.note(opened.verdicts)
    return opened.handle
  }

  /** Ends the attempt: kills what still runs, removes what it started, and fails if a foreign program ran. */
  async close(): Promise<void> {
    this.abort.abort()
    await Promise.all(this.removals.map(remove => remove()))
    await this.judgement.conclude(this.recorder.check.id)
  }

  private finishCommand(
    via: CommandObservation['via'],
    command: Command,
    outcome: CommandOutcome,
  ): CommandResult {
    this.record(describeOutcome(via, command, outcome))
    if (outcome.timedOut) {
      const seconds = Math.round(outcome.durationMs / 100) / 10
      throw new CheckFailure(
        'timeout',
        'COMMAND_TIMEOUT',
        `${formatCommand(command) || 'The image’s own command'} did not end within ${seconds} s and was killed`,
      )
    }
    return makeCommandResult(command, outcome)
  }
}

/** Names a check the way that the main process names it. */
function describeCheck(task: Readonly<RunnerTestCase>, root: string): CheckRef {
  const file = nameSuiteFile(root, task.file.filepath)
  const name = nameTask(task)
  const ordinal = listTests(task.file.tasks)
    .filter(each => nameTask(each) === name)
    .findIndex(each => each.id === task.id)
  return {
    id: makeCheckId(file, name, Math.max(0, ordinal)),
    file,
    name,
    ...(task.location === undefined || readBuiltinName(file) !== undefined
      ? {}
      : { line: task.location.line }),
  }
}

interface TaskLike {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly suite?: TaskLike | undefined
  readonly tasks?: readonly TaskLike[]
}

function listTests(tasks: readonly TaskLike[]): TaskLike[] {
  return tasks.flatMap(task => (task.type === 'suite' ? listTests(task.tasks ?? []) : [task]))
}

function nameTask(task: TaskLike): string {
  const names = [task.name]
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) {
    if (suite.name !== '') names.unshift(suite.name)
  }
  return names.join(' > ')
}
