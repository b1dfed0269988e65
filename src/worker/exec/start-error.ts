import type { StartError } from '../../model/observation.js'
import { NO_BYTES } from './byte-collector.js'
import type { CommandOutcome } from './command.js'

/** Reasons as engines, runtimes and shells word them; the first match decides. */
const REASONS: readonly (readonly [RegExp, StartError])[] = [
  [/chdir to cwd|chdir.*no such file|working directory/i, 'bad-cwd'],
  [/exec format error|cannot execute binary file/i, 'exec-format'],
  [/required file not found|bad interpreter/i, 'no-interpreter'],
  [/permission denied|is a directory|not executable/i, 'not-executable'],
  [/not found|no such file or directory/i, 'not-found'],
]

/** Exit codes of a program that never started, as a POSIX shell gives them. */
export function exitCodeOf(error: StartError): number {
  return error === 'not-found' || error === 'no-interpreter' ? 127 : 126
}

/** Reads the engine's own words about a command that it could not start; undefined if they are none. */
export function readEngineStartError(message: string): StartError | undefined {
  if (
    !/OCI runtime exec failed|OCI runtime create failed|starting container process|crun: |exec failed/.test(
      message,
    )
  ) {
    return undefined
  }
  return REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? 'other'
}

/**
 * Reads what runc prints as the program when the kernel refuses a file that it had found: `exec /app: exec
 * format error`, with exit code 1. Undefined for anything else.
 */
export function readRuntimeStartError(program: string, stderr: string): StartError | undefined {
  const [, file = '', reason = ''] = /^exec ([^\n]+): ([a-z ]+)\n$/.exec(stderr) ?? []
  if (!`/${file}`.endsWith(`/${program}`)) return undefined
  // The file was found, so what is missing is the interpreter or loader that it names.
  if (reason === 'no such file or directory') return 'no-interpreter'
  return REASONS.find(([pattern]) => pattern.test(reason))?.[1]
}

/**
 * Reads the line that a shell prints when its `exec` of `program` fails: `/bin/sh: 3: exec: nope: not found`
 * (dash), `/bin/sh: exec: line 3: nope: not found` (busybox), `/bin/sh: line 3: nope: ...` (bash, which may say
 * it twice). Undefined where the output is anything else, for then it is the program's own.
 */
export function readShellStartError(shell: string, program: string, stderr: string): StartError | undefined {
  const lines = (stderr.endsWith('\n') ? stderr.slice(0, -1) : stderr).split('\n')
  const reasons = lines.map(line => readShellLine(shell, program, line))
  return reasons.length <= 2 && reasons.every(reason => reason !== undefined) ? reasons[0] : undefined
}

function readShellLine(shell: string, program: string, line: string): StartError | undefined {
  if (!line.startsWith(`${shell}: `)) return undefined
  const rest = line.slice(shell.length + 2).replace(/^(?:exec: )?(?:(?:line )?\d+: )?(?:exec: )?/, '')
  const own = program.replace(/^\.\//, '')
  const at = rest.indexOf(`${own}: `)
  const before = rest.slice(0, Math.max(0, at))
  // Bash shows a relative path as an absolute one.
  const isOwn = before === program.slice(0, -own.length) || (program.includes('/') && /^\/.*\/$/.test(before))
  if (at < 0 || !isOwn) return undefined
  return REASONS.find(([pattern]) => pattern.test(rest.slice(at + own.length)))?.[1]
}

/** The outcome of a command that never started: the same exit code and no output, whoever noticed. */
export function makeStartFailure(error: StartError, durationMs: number): CommandOutcome {
  return {
    exitCode: exitCodeOf(error),
    startError: error,
    timedOut: false,
    stdout: NO_BYTES,
    stderr: NO_BYTES,
    durationMs,
  }
}
