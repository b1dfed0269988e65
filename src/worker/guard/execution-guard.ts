import type Docker from 'dockerode'
import { formatElfMachine } from '../../model/elf-header.js'
import type { ProgramExecuted } from '../../model/events.js'
import { formatPlatform } from '../../model/platform.js'
import type { WorkerContext } from '../context.js'
import { findEmulator } from './process-list.js'
import { type Program, resolveProgram } from './resolve-program.js'

/** A finding of the guard, without the fields that say where it was made. */
export type Verdict = Pick<
  ProgramExecuted,
  'program' | 'script' | 'name' | 'machine' | 'emulator' | 'expected' | 'message'
>

/**
 * Judges what really executes on a target, so that a foreign program that happens to run is never taken for
 * the platform's own: by the ELF machine of each program that is started, and by what the engine's process
 * list shows for those that stay.
 */
export class ExecutionGuard {
  private readonly context: WorkerContext
  private readonly programs = new Map<string, Promise<Program[]>>()

  constructor(context: WorkerContext) {
    this.context = context
  }

  /** Finds the program that `name` starts in the container (cached: an image does not change). */
  resolve(
    container: Docker.Container,
    name: string,
    searchPath: readonly string[],
    cwd: string,
  ): Promise<Program[]> {
    const key = name.includes('/')
      ? `${name.startsWith('/') ? '' : cwd}\0${name}`
      : `${searchPath.join(':')}\0${name}`
    const known = this.programs.get(key)
    if (known !== undefined) return known
    const found = resolveProgram(container, name, searchPath, cwd)
    this.programs.set(key, found)
    // A file may be made later, and a failed request proves nothing.
    found.then(
      programs => programs.length === 0 && this.programs.delete(key),
      () => this.programs.delete(key),
    )
    return found
  }

  /** Judges a program by its file. Undefined for what is no ELF file: its interpreter is judged instead. */
  judgeFile(program: Program): Verdict | undefined {
    if (program.elf === undefined) return undefined
    const { platform } = this.context.target
    const machine = formatElfMachine(program.elf)
    const expected = program.elf.architecture === platform.architecture || this.isAllowed(program.path)
    return {
      program: program.path,
      machine,
      expected,
      ...(expected
        ? {}
        : {
            message: `${program.path} is a program for ${machine}, but the platform is ${formatPlatform(platform)}`,
          }),
    }
  }

  /** Judges a running process by the line that the engine's process list shows for it. */
  judgeProcess(program: string, args: string): Verdict {
    const { target } = this.context
    const emulator = findEmulator(args)
    const shown = emulator ?? 'none'
    if (target.execution === 'native') {
      const expected = emulator === undefined
      return {
        program,
        emulator: shown,
        expected,
        ...(expected
          ? {}
          : { message: `${program} should run natively, but the host started ${emulator} for it` }),
      }
    }
    // An emulator of an unknown name is one that could not be seen when planning; any will do.
    const wanted = target.emulator?.name
    const named = wanted !== undefined && wanted !== 'unknown'
    const expected = emulator !== undefined && (!named || wanted === emulator)
    return {
      program,
      emulator: shown,
      expected,
      ...(expected
        ? {}
        : {
            message:
              emulator === undefined
                ? `${program} should run under ${named ? wanted : 'an emulator'}, but the host ran it natively: it is not a ${formatPlatform(target.platform)} program`
                : `${program} should run under ${wanted}, but ran under ${emulator}`,
          }),
    }
  }

  private isAllowed(file: string): boolean {
    return this.context.foreignPrograms.some(each =>
      each.endsWith('*') ? file.startsWith(each.slice(0, -1)) : file === each,
    )
  }
}
