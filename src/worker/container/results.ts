import type { FileObservation, LogsObservation, StartError } from '../../model/observation.js'
import type { Command, CommandOutcome } from '../exec/command.js'

/** What `exec` and `run` give to a check. */
export interface CommandResult {
  readonly command: Command
  /** Null never reaches a check: a command that timed out ends the check. */
  readonly exitCode: number
  /** The signal that the exit code stands for, for example `SIGSEGV` for 139. */
  readonly signal: string | undefined
  /** Why the program never started; then the exit code is 127 or 126. */
  readonly startError: StartError | undefined
  /** Decoded as UTF-8; the bytes are beside it. */
  readonly stdout: string
  readonly stderr: string
  readonly stdoutBytes: Uint8Array
  readonly stderrBytes: Uint8Array
  /** True where more was written than is kept (`maxOutputBytes`). */
  readonly truncated: boolean
  readonly durationMs: number
}

/** What `file` gives to a check: the path as it is, a link followed. */
export interface FileResult {
  readonly path: string
  readonly exists: boolean
  readonly type: FileObservation['type']
  /** For example `0755`. */
  readonly mode: string | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** Bytes in the file, kept or not. */
  readonly size: number | undefined
  readonly linkTarget: string | undefined
  readonly bytes: Uint8Array
  text(): string
  json(): unknown
}

/** What `http` gives to a check. */
export interface HttpResult {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  text(): string
  json(): unknown
}

/** What `logs` gives to a check. */
export interface LogsResult {
  readonly stdout: string
  readonly stderr: string
  readonly stdoutBytes: Uint8Array
  readonly stderrBytes: Uint8Array
  readonly observation: LogsObservation
}

/** Words an outcome for a check. */
export function makeCommandResult(command: Command, outcome: CommandOutcome): CommandResult {
  return {
    command,
    exitCode: outcome.exitCode ?? -1,
    signal: outcome.signal,
    startError: outcome.startError,
    stdout: outcome.stdout.kept.toString('utf8'),
    stderr: outcome.stderr.kept.toString('utf8'),
    stdoutBytes: outcome.stdout.kept,
    stderrBytes: outcome.stderr.kept,
    truncated: outcome.stdout.truncated || outcome.stderr.truncated,
    durationMs: outcome.durationMs,
  }
}
