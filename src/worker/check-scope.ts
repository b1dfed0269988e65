import type Docker from 'dockerode'
import type { RunnerTestCase } from 'vitest'
import { nameSuiteFile, readBuiltinName } from '../builtin/suite-names.js'
import { type CheckRef, makeCheckId } from '../model/check.js'
import { choosePerPlatform, type PerPlatform } from '../model/per-platform.js'
import type { CommandOptions, ContainerHandle } from './container/container-handle.js'
import { describeOutcome } from './container/container-handle.js'
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
import { listCommandWords, splitSimpleLine } from './exec/shell-line.js'
import { CheckFailure, wrapEngineError } from './failure.js'
import { awaitAnswer } from './guard/await-answer.js'
import type { Verdict } from './guard/execution-guard.js'
import type { Program } from './guard/resolve-program.js'
import { type OpenedContainer, openContainer } from './open-container.js'
import { chooseCwd, listSearchPath } from './program-search.js'
import { type Recorder, startRecorder } from './recorder.js'
import { suiteFile } from './suite-file.js'
import type { Worker } from './worker.js'

/** Programs that the guard has already reported for this process, so that the log says each once. */
const reported = new Set<string>()

/** What a program answered to a probe. */
export interface Probe extends CommandResult {
  readonly timedOut: boolean
  /** Records it as what the check saw. */
  record(): void
}

/** One attempt of one check: what it may touch, what it sees, and what has to be cleaned up after it. */
export class CheckScope {
  private readonly worker: Worker
  private readonly recorder: Recorder
  private readonly abort = new AbortController()
  private readonly verdicts = new Map<string, Verdict>()
  private readonly judging: Promise<void>[] = []
  /** A program whose file the engine was asked for in vain: what ran is not known. */
  private unanswered: string | undefined
  private readonly removals: (() => Promise<void>)[] = []

  constructor(worker: Worker, task: Readonly<RunnerTestCase>, signal: AbortSignal) {
    this.worker = worker
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
    const programs = await this.judgeCommand(handle.engine, handle.options, command, options)
    const outcome = await handle.exec(command, options, this.abort.signal, programs)
    return this.finishCommand('exec', command, outcome)
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
        const programs = await this.judgeCommand(container, settings, argv, {})
        if (typeof command === 'string') await this.judgeCommand(container, settings, command, {})
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
    const programs = await this.judgeCommand(handle.engine, handle.options, argv, options)
    return this.describeProbe(argv, await handle.exec(argv, options, this.abort.signal, programs))
  }

  /** Without a shell no container waits for commands: each gets one of its own. */
  private async probeAlone(argv: readonly string[], options: CommandOptions): Promise<Probe> {
    const { engine, context } = this.worker
    const once = { ...options, entrypoint: argv.slice(0, 1) }
    const judge = (container: Docker.Container, all: readonly string[]) =>
      this.judgeCommand(container, {}, all, {})
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
    this.record(reading.observation)
    return reading.result
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
    this.noteVerdicts(opened.verdicts)
    return opened.handle
  }

  /** Ends the attempt: kills what still runs, removes what it started, and fails if a foreign program ran. */
  async close(): Promise<void> {
    this.abort.abort()
    await Promise.all(this.removals.map(remove => remove()))
    await Promise.all(this.judging)
    const foreign = [...this.verdicts.values()].filter(verdict => !verdict.expected)
    this.report()
    if (foreign.length > 0) {
      const messages = new Set(foreign.map(verdict => verdict.message))
      throw new CheckFailure('guard', 'FOREIGN_PROGRAM', [...messages].join('; '))
    }
    if (this.unanswered !== undefined) {
      const seconds = this.worker.context.limits.commandTimeoutMs / 1000
      throw new CheckFailure(
        'infrastructure',
        'ENGINE_FAILED',
        `The engine did not answer within ${seconds} s when it was asked for the program ${this.unanswered}`,
      )
    }
  }

  private finishCommand(via: 'exec' | 'run', command: Command, outcome: CommandOutcome): CommandResult {
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

  /** Judges the programs of a command. Those of a vector are needed before it runs, those of a line are not. */
  private async judgeCommand(
    container: Docker.Container,
    settings: ContainerOptions,
    command: Command,
    options: CommandOptions,
  ): Promise<readonly Program[]> {
    const vector = typeof command === 'string' ? splitSimpleLine(command) : command
    if (vector?.[0] !== undefined) return this.judgeProgram(container, settings, vector[0], options)
    if (typeof command === 'string') {
      for (const word of listCommandWords(command)) {
        this.judging.push(this.judgeProgram(container, settings, word, options).then(() => {}))
      }
    }
    return []
  }

  private async judgeProgram(
    container: Docker.Container,
    settings: ContainerOptions,
    name: string,
    options: CommandOptions,
  ): Promise<Program[]> {
    const { context, guard } = this.worker
    const search = listSearchPath(context, settings, options.env)
    // A container that has gone, or an engine that does not answer, is noticed by the command itself.
    const found = guard
      .resolve(container, name, search, chooseCwd(context, settings, options.cwd))
      .catch((): Program[] => [])
    const programs = await awaitAnswer(found, context.limits.commandTimeoutMs)
    if (programs === undefined) {
      this.unanswered = name
      return []
    }
    const [first] = programs
    const script = first?.kind === 'script' ? { script: first.path } : {}
    const verdicts = programs.map(program => guard.judgeFile(program)).filter(each => each !== undefined)
    this.noteVerdicts(verdicts.map(verdict => ({ ...verdict, ...script, name })))
    return programs
  }

  private noteVerdicts(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      const { program, machine, emulator, name, script } = verdict
      this.verdicts.set([program, machine, emulator, name, script].join('\0'), verdict)
    }
  }

  private report(): void {
    const { context, channel } = this.worker
    for (const [key, verdict] of this.verdicts) {
      if (verdict.expected && reported.has(key)) continue
      reported.add(key)
      channel.send({
        type: 'program-executed',
        target: context.target.id,
        pass: context.pass,
        check: this.recorder.check.id,
        ...verdict,
      })
    }
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
