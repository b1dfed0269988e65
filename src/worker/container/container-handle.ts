import type Docker from 'dockerode'
import type { CommandObservation } from '../../model/observation.js'
import type { WorkerContext } from '../context.js'
import { captureBytes } from '../exec/byte-collector.js'
import { type Command, type CommandOutcome, type CommandRequest, formatCommand } from '../exec/command.js'
import { type Argv, execThroughEngine } from '../exec/engine-exec.js'
import { SessionPool } from '../exec/session-pool.js'
import { SHELL_VARIABLES } from '../exec/session-script.js'
import { leavesChildren, splitSimpleLine } from '../exec/shell-line.js'
import { CheckFailure, wrapEngineError } from '../failure.js'
import { type ListedProcess, listProcesses } from '../guard/process-list.js'
import type { Program } from '../guard/resolve-program.js'
import { chooseCwd } from '../program-search.js'
import type { ContainerOptions } from './options.js'
import type { ContainerNetwork } from './reach-port.js'

/** Options of `exec` and `run`. */
export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  /** Given to the command's standard input; without it there is none. */
  readonly stdin?: string | Uint8Array
  readonly timeoutMs?: number
}

/** A started container: how commands get in, and what is known of its end. */
export class ContainerHandle {
  readonly id: string
  readonly engine: Docker.Container
  readonly options: ContainerOptions
  private readonly context: WorkerContext
  private readonly sessions: SessionPool | undefined
  private removals: (() => Promise<void>)[] = []
  /** Set once a command that could not be killed by itself took the container with it. */
  ended: string | undefined

  constructor(
    engine: Docker.Container,
    context: WorkerContext,
    options: ContainerOptions,
    onSession: (shell: string, find: () => Promise<ListedProcess | undefined>) => Promise<void>,
  ) {
    this.id = engine.id
    this.engine = engine
    this.context = context
    this.options = options
    const variables = [
      ...context.imageConfig.env.map(each => each.split('=', 1)[0] as string),
      ...Object.keys(options.env ?? {}),
    ]
    this.sessions =
      context.shell === undefined || !variables.every(isPassedOn)
        ? undefined
        : new SessionPool(engine, context.shell, async session => {
            const pid = await session.readHostPid()
            // An engine whose machine has no `ps` cannot list: then the programs' files are all the evidence.
            await onSession(context.shell as string, async () =>
              (await listProcesses(engine).catch(() => [])).find(each => each.pid === pid),
            )
          })
  }

  /** Runs one command in the container: through a shell session where there is one, else through the engine. */
  async exec(
    command: Command,
    options: CommandOptions,
    signal: AbortSignal,
    programs: readonly Program[],
  ): Promise<CommandOutcome> {
    if (this.ended !== undefined) throw new CheckFailure('exception', 'CONTAINER_ENDED', this.ended)
    const request = this.makeRequest(command, options, signal)
    const argv = this.makeArgv(command)
    const viaEngine =
      this.sessions === undefined ||
      options.user !== undefined ||
      options.stdin !== undefined ||
      !Object.keys(options.env ?? {}).every(isPassedOn) ||
      isNotForShells(command, programs)
    try {
      const outcome = viaEngine
        ? await execThroughEngine(this.engine, argv, request)
        : await this.execInSession(command, argv, request)
      if (outcome.timedOut && viaEngine)
        await this.end(
          `A command timed out in it and could not be killed by itself: ${formatCommand(command)}`,
        )
      return refine(outcome, programs)
    } catch (error) {
      throw await this.explain(error, command)
    }
  }

  /**
   * Has the container's own shell run lines of built-ins, for what archparity itself wants to know: no program of the image
   * is started. Undefined where there is no shell session.
   */
  async askShell(script: string, signal: AbortSignal): Promise<CommandOutcome | undefined> {
    if (this.sessions === undefined || this.ended !== undefined) return undefined
    return this.sessions.run({ script }, this.makeRequest(script, {}, signal), false)
  }

  private async execInSession(
    command: Command,
    argv: Argv,
    request: CommandRequest,
  ): Promise<CommandOutcome> {
    const sessions = this.sessions as SessionPool
    if (typeof command !== 'string') return sessions.run(argv, request, false)
    const words = splitSimpleLine(command)
    if (words !== undefined) {
      const outcome = await sessions.run(words, request, false)
      // It never started, so the shell itself may word the error.
      if (outcome.startError === undefined || outcome.startError === 'bad-cwd') return outcome
    }
    return sessions.run(argv, request, leavesChildren(command))
  }

  private makeArgv(command: Command): Argv {
    if (typeof command !== 'string') {
      if (command.length === 0)
        throw new CheckFailure('exception', 'COMMAND_INVALID', 'exec() was given an empty command')
      return command as unknown as Argv
    }
    if (this.context.shell === undefined) {
      throw new CheckFailure(
        'exception',
        'NO_SHELL',
        `This image has no shell, so the line ${JSON.stringify(command)} cannot be run: give the program and its arguments as an array`,
      )
    }
    return [this.context.shell, '-c', command]
  }

  private makeRequest(command: Command, options: CommandOptions, signal: AbortSignal): CommandRequest {
    const texts = [
      ...(typeof command === 'string' ? [command] : command),
      options.cwd ?? '',
      ...Object.values(options.env ?? {}),
    ]
    if (texts.some(text => text.includes('\0'))) {
      throw new CheckFailure(
        'exception',
        'COMMAND_INVALID',
        'A command, its directory and its environment must not hold NUL',
      )
    }
    const names = Object.keys(options.env ?? {})
    const bad = names.find(name => !isVariableName(name))
    if (bad !== undefined)
      throw new CheckFailure(
        'exception',
        'COMMAND_INVALID',
        `${JSON.stringify(bad)} is no name of an environment variable`,
      )
    const { stdin } = options
    return {
      command,
      // Absolute: engines want it so, and shells would look for a relative one elsewhere too (CDPATH).
      ...(options.cwd === undefined ? {} : { cwd: chooseCwd(this.context, this.options, options.cwd) }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.user === undefined ? {} : { user: options.user }),
      ...(stdin === undefined ? {} : { stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin }),
      timeoutMs: options.timeoutMs ?? this.context.limits.commandTimeoutMs,
      maxOutputBytes: this.context.limits.maxOutputBytes,
      signal,
    }
  }

  /** Tells an ended container (the image's doing) from a lost engine (not the image's). */
  async explain(error: unknown, command?: Command): Promise<CheckFailure> {
    const state = await this.readState().catch(() => undefined)
    if (state !== undefined && !state.running) {
      const during = command === undefined ? '' : ` while ${formatCommand(command)} was to run in it`
      return new CheckFailure(
        'exception',
        'CONTAINER_ENDED',
        `The container's own process has ended with exit code ${state.exitCode}${during}`,
        error,
      )
    }
    const what =
      command === undefined ? 'Asking the engine failed' : `Running ${formatCommand(command)} failed`
    return wrapEngineError(error, what)
  }

  /** Whether the container's process lives, what it ended with, and where its network is. */
  async readState(): Promise<ContainerNetwork & { running: boolean; exitCode: number }> {
    const info = await this.engine.inspect()
    const network = Object.values(info.NetworkSettings.Networks ?? {}).find(each => each.IPAddress)
    return {
      running: info.State.Running,
      exitCode: info.State.ExitCode,
      mode: info.HostConfig.NetworkMode ?? '',
      address: network?.IPAddress,
      gateway: network?.Gateway,
    }
  }

  /** Ends the container early, and remembers why for the checks that come after. */
  async end(reason: string): Promise<void> {
    this.ended = `The container was ended: ${reason}`
    this.sessions?.close()
    await this.engine.kill().catch(() => {})
  }

  /** Has something removed that needs this container, before the container is; it never rejects. */
  beforeRemoval(remove: () => Promise<void>): void {
    this.removals.push(remove)
  }

  /** Removes the container with its volumes, whatever state it is in. */
  async remove(): Promise<void> {
    this.sessions?.close()
    const removals = this.removals
    this.removals = []
    await Promise.all(removals.map(remove => remove()))
    await this.engine.remove({ force: true, v: true }).catch(() => {})
  }
}

/**
 * Where a shell would do more than the kernel: it takes a file that the kernel refuses for a script of its own,
 * and busybox has applets for programs that are not there.
 */
function isNotForShells(command: Command, programs: readonly Program[]): boolean {
  return programs[0]?.kind === 'other' || (typeof command !== 'string' && programs.length === 0)
}

/** Whether a shell gives its commands a variable as the image set it: odd names are dropped, its own overwritten. */
const isPassedOn = (name: string): boolean => isVariableName(name) && !SHELL_VARIABLES.includes(name)

const isVariableName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)

/** A program that exists and yet is "not found" lacks its interpreter or loader. */
function refine(outcome: CommandOutcome, programs: readonly Program[]): CommandOutcome {
  return outcome.startError === 'not-found' && programs.length > 0
    ? { ...outcome, startError: 'no-interpreter' }
    : outcome
}

/** The form in which a command's outcome is recorded. */
export function describeOutcome(
  via: CommandObservation['via'],
  command: Command,
  outcome: CommandOutcome,
): CommandObservation {
  return {
    kind: 'command',
    via,
    command,
    exitCode: outcome.exitCode,
    ...(outcome.signal === undefined ? {} : { signal: outcome.signal }),
    ...(outcome.startError === undefined ? {} : { startError: outcome.startError }),
    timedOut: outcome.timedOut,
    stdout: captureBytes(outcome.stdout),
    stderr: captureBytes(outcome.stderr),
    durationMs: Math.round(outcome.durationMs * 1000) / 1000,
  }
}
