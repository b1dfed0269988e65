import { compilePattern } from '../compile-pattern.js'
import { judgePatterns } from './judge-output.js'
import type { LogCheck } from './structure-suite.js'

/** What the image's own command has written so far. */
export interface WrittenLog {
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** Everything in which a log is not what its check expects, one sentence each; empty where it holds. */
export function judgeLog(check: LogCheck, { stdout, stderr }: WrittenLog): string[] {
  const log = joinStreams({ stdout, stderr })
  return [
    ...judgePatterns('log', log, check.expectedLog, check.excludedLog),
    ...judgePatterns('stdout', stdout, check.expectedOutput, check.excludedOutput),
    ...judgePatterns('stderr', stderr, check.expectedError, check.excludedError),
  ]
}

/** Of each expected pattern, the text that it found: that much of a log is the same on every platform, or should be. */
export function listMatches(check: LogCheck, written: WrittenLog): Record<string, string | null> {
  const log = joinStreams(written)
  const find = (sources: readonly string[], bytes: Uint8Array) =>
    sources.map(source => [source, compilePattern(source).find(bytes) ?? null] as const)
  return Object.fromEntries([
    ...find(check.expectedLog, log),
    ...find(check.expectedOutput, written.stdout),
    ...find(check.expectedError, written.stderr),
  ])
}

const joinStreams = ({ stdout, stderr }: WrittenLog): Uint8Array =>
  stdout.length === 0 || stderr.length === 0
    ? stdout.length === 0
      ? stderr
      : stdout
    : Buffer.concat([stdout, Buffer.from('\n'), stderr])
