/**
 * Bytes that a container wrote. `text` holds them where all of them are valid UTF-8, `base64` otherwise.
 * With `truncated`, what is kept is the beginning; `bytes` and `sha256` still speak of everything written.
 */
export interface CapturedBytes {
  readonly text?: string
  readonly base64?: string
  /** How many bytes there were, kept or not. */
  readonly bytes: number
  readonly truncated: boolean
  /** Hex SHA-256 of all bytes; only where they were truncated. */
  readonly sha256?: string
}

/** Why a program could not be started, told apart from a program that started and then failed. */
export type StartError =
  | 'not-found'
  | 'not-executable'
  | 'exec-format'
  | 'no-interpreter'
  | 'bad-cwd'
  | 'other'

/**
 * A command run in the shared container (`exec`) or in a container of its own (`run`), or a script of the user's that was
 * given the image (`script`).
 */
export interface CommandObservation {
  readonly kind: 'command'
  readonly via: 'exec' | 'run' | 'script'
  /** What the author wrote: one string for a shell line, or the argument vector. */
  readonly command: string | readonly string[]
  readonly exitCode: number | null
  /** Name of the signal that the exit code stands for (128+n), for example `SIGSEGV`. */
  readonly signal?: string
  readonly startError?: StartError
  readonly timedOut: boolean
  readonly stdout: CapturedBytes
  readonly stderr: CapturedBytes
  readonly durationMs: number
}

/** A path in the container, as `file` found it. */
export interface FileObservation {
  readonly kind: 'file'
  readonly path: string
  readonly exists: boolean
  readonly type?: 'file' | 'directory' | 'symlink' | 'other'
  /** Permission bits with setuid, setgid and sticky, for example `0755`. */
  readonly mode?: string
  readonly uid?: number
  readonly gid?: number
  readonly linkTarget?: string
  readonly content?: CapturedBytes
  /** For an ELF file the bytes are the platform's own and are not compared; its machine is. */
  readonly elfMachine?: string
}

/** One HTTP exchange with the container. */
export interface HttpObservation {
  readonly kind: 'http'
  readonly method: string
  readonly url: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: CapturedBytes
  /** Why there was no answer, for example `ECONNREFUSED`. */
  readonly error?: string
  readonly durationMs: number
}

/** What the container's own process has written so far. */
export interface LogsObservation {
  readonly kind: 'logs'
  readonly stdout: CapturedBytes
  readonly stderr: CapturedBytes
}

/** A value that the author named with `observe`; JSON. */
export interface ValueObservation {
  readonly kind: 'value'
  readonly name: string
  readonly value: unknown
}

export type Observation =
  | CommandObservation
  | FileObservation
  | HttpObservation
  | LogsObservation
  | ValueObservation
