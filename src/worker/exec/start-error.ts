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
 * Reads the line that a shell prints when its `exec` of `program` fails: `/bin/sh: 3: exec: nope: not found`
 * (dash), `/bin/sh: exec: line 3: nope: not found` (busybox), `/bin/sh: line 3: nope: ...` (bash).
 * Undefined where the output is anything else, for then it is the program's own.
 */
export function readShellStartError(shell: string, program: string, stderr: string): StartError | undefined {
  const line = stderr.endsWith('\n') ? stderr.slice(0, -1) : stderr
  if (line.includes('\n') || !line.startsWith(`${shell}: `)) return undefined
  const rest = line.slice(shell.length + 2).replace(/^(?:exec: )?(?:(?:line )?\d+: )?(?:exec: )?/, '')
  if (!rest.startsWith(`${program}: `)) return undefined
  return REASONS.find(([pattern]) => pattern.test(rest.slice(program.length)))?.[1]
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
