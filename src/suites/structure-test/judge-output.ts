import { compilePattern } from '../compile-pattern.js'
import type { CommandCheck } from './structure-suite.js'

/** How a command ended, as far as its check asks. */
export interface CommandEnd {
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** Everything in which a command's end is not what its check expects, one sentence each; empty where it holds. */
export function judgeOutput(check: CommandCheck, end: CommandEnd): string[] {
  return [
    ...judgePatterns('stderr', end.stderr, check.expectedError, check.excludedError),
    ...judgePatterns('stdout', end.stdout, check.expectedOutput, check.excludedOutput),
    ...(end.exitCode === check.exitCode ? [] : [`exit code is ${end.exitCode}, expected ${check.exitCode}`]),
  ]
}

/** The same for any text and its two lists of patterns. */
export function judgePatterns(
  what: string,
  text: Uint8Array,
  expected: readonly string[],
  excluded: readonly string[],
): string[] {
  const missing = expected.filter(source => !compilePattern(source).matches(text))
  const found = excluded.filter(source => compilePattern(source).matches(text))
  const shown = missing.length + found.length === 0 ? '' : `; ${what} is ${showText(text)}`
  return [
    ...missing.map(source => `${what} does not match ${JSON.stringify(source)}`),
    ...found.map(source => `${what} matches ${JSON.stringify(source)}, which is excluded`),
  ].map((problem, index, all) => (index === all.length - 1 ? problem + shown : problem))
}

const MAX_SHOWN = 500

function showText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 4 * MAX_SHOWN)).toString('utf8')
  if (text === '') return 'empty'
  return text.length > MAX_SHOWN ? `${JSON.stringify(text.slice(0, MAX_SHOWN))} …` : JSON.stringify(text)
}
