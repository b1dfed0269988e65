import type Docker from 'dockerode'
import type { CommandOptions } from './container/container-handle.js'
import type { ContainerOptions } from './container/options.js'
import type { Command } from './exec/command.js'
import { listCommandWords, splitSimpleLine } from './exec/shell-line.js'
import { CheckFailure } from './failure.js'
import { awaitAnswer } from './guard/await-answer.js'
import type { Verdict } from './guard/execution-guard.js'
import type { Program } from './guard/resolve-program.js'
import { chooseCwd, listSearchPath } from './program-search.js'
import type { Worker } from './worker.js'

/** Programs that the guard has already reported for this process, so that the log says each once. */
const reported = new Set<string>()

/** What the guard finds of the programs that a check, or a single command, runs. */
export class Judgement {
  private readonly worker: Worker
  private readonly verdicts = new Map<string, Verdict>()
  private readonly judging: Promise<void>[] = []
  /** A program whose file the engine was asked for in vain: what ran is not known. */
  private unanswered: string | undefined

  constructor(worker: Worker) {
    this.worker = worker
  }

  /** Judges the programs of a command. Those of a vector are needed before it runs, those of a line are not. */
  async judgeCommand(
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

  note(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      const { program, machine, emulator, name, script } = verdict
      this.verdicts.set([program, machine, emulator, name, script].join('\0'), verdict)
    }
  }

  /** Takes over what was found of a command that is this check's. */
  absorb(other: Judgement): void {
    for (const [key, verdict] of other.verdicts) this.verdicts.set(key, verdict)
    this.judging.push(...other.judging)
    this.unanswered ??= other.unanswered
  }

  /** Waits for all of it and reports the programs as those of `check`. Throws where a foreign program ran. */
  async conclude(check: string): Promise<void> {
    await Promise.all(this.judging)
    const foreign = [...this.verdicts.values()].filter(verdict => !verdict.expected)
    this.report(check)
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
    this.note(verdicts.map(verdict => ({ ...verdict, ...script, name })))
    return programs
  }

  private report(check: string): void {
    const { context, channel } = this.worker
    for (const [key, verdict] of this.verdicts) {
      if (verdict.expected && reported.has(key)) continue
      reported.add(key)
      channel.send({
        type: 'program-executed',
        target: context.target.id,
        pass: context.pass,
        check,
        ...verdict,
      })
    }
  }
}
