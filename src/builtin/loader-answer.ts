import type { Probe } from '../worker/check-scope.js'

/** Lines that tell a lack: glibc's and musl's own words (elf/rtld.c, ldso/dynlink.c). */
const LACK =
  /=> not found|version `[^']+' not found|error while loading|Error (?:loading|relocating)|cannot open/

/**
 * Why the loader would not start a program, from what `LOADER --list PROGRAM` answered; undefined where it would.
 * glibc ends with 0 also where a library is not found.
 */
export function readLoaderAnswer(
  { exitCode, stdout, stderr, startError, timedOut, signal }: Omit<Probe, 'record'>,
  loader: string,
): string | undefined {
  if (startError !== undefined) return `its loader ${loader} cannot be started (${startError})`
  if (timedOut) return 'the loader did not end in time'
  const lines = `${stdout}\n${stderr}`.split('\n').map(line => line.trim())
  const lacking = lines.filter(line => LACK.test(line))
  if (lacking.length > 0) return [...new Set(lacking)].slice(0, 5).join('; ')
  if (exitCode === 0) return undefined
  const last = lines.filter(Boolean).at(-1)
  return `the loader ended with ${signal ?? `exit code ${exitCode}`}${last === undefined ? '' : `: ${last}`}`
}
