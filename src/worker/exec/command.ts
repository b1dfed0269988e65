import type { StartError } from '../../model/observation.js'
import type { CollectedBytes } from './byte-collector.js'

/** A shell line, or an argument vector that no shell touches. */
export type Command = string | readonly string[]

/** Lines of shell that a session's own shell runs in a subshell: with built-ins alone no program is started. */
export interface ShellScript {
  readonly script: string
}

/** A command as a session runs it: every default filled in. */
export interface CommandRequest {
  readonly command: Command
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  readonly stdin?: Uint8Array
  /** Milliseconds after which the command is killed. */
  readonly timeoutMs: number
  /** Bytes of each stream that are kept. */
  readonly maxOutputBytes: number
  /** Ends the wait (and kills the command) when the check is over. */
  readonly signal?: AbortSignal
}

/** What became of a command, the same whichever way it was run. */
export interface CommandOutcome {
  readonly exitCode: number | null
  readonly signal?: string
  readonly startError?: StartError
  readonly timedOut: boolean
  readonly stdout: CollectedBytes
  readonly stderr: CollectedBytes
  readonly durationMs: number
}

/** Linux signal numbers that are the same on every architecture that images exist for, but mips and sparc. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}

/** The signal that an exit code above 128 stands for by the convention of shells and engines. */
export function nameSignal(exitCode: number | null): string | undefined {
  return exitCode === null ? undefined : SIGNALS[exitCode - 128]
}

/** Quotes a word so that a POSIX shell takes it literally. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The command as one line, for messages and for pasting into a shell. */
export function formatCommand(command: Command): string {
  return typeof command === 'string' ? command : command.map(quoteWord).join(' ')
}
