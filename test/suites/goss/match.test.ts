import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Plain } from '../../../src/suites/goss/goss-suite.js'
import { explainMismatch, explainTextMismatch } from '../../../src/suites/goss/match.js'
import { TEXT_CASES, VALUE_CASES } from './matcher-cases.js'

/**
 * What goss 0.4.10 itself says of each case: `pass`, `fail`, or `error` where it cannot apply the matcher. Recorded by
 * `GOSS=/path/to/goss npx vitest run --config test/vitest.config.ts test/suites/goss/match.test.ts`.
 */
const ANSWERS = path.join(import.meta.dirname, 'goss-answers.json')

type Answer = 'pass' | 'fail' | 'error'

interface Case {
  readonly key: string
  readonly goss: Record<string, unknown>
  judge(): string | undefined
}

const values = VALUE_CASES.flatMap(([content, matchers]) =>
  matchers.map((matcher): Case => {
    const [found, expected] = [parse(content) as Plain, parse(matcher) as Plain]
    return {
      key: `${content} → ${matcher}`,
      goss: { matching: { x: { content: found, matches: expected } } },
      judge: () => explainMismatch(expected, found),
    }
  }),
)
const texts = TEXT_CASES.flatMap(([text, matchers]) =>
  matchers.map((matcher): Case => {
    const expected = parse(matcher) as Plain
    const exec = `printf %s '${text}'`
    return {
      key: `${JSON.stringify(text)} as text → ${matcher}`,
      goss: { command: { x: { exec, 'exit-status': 0, stdout: expected } } },
      judge: () => explainTextMismatch(expected, text),
    }
  }),
)
const cases = [...values, ...texts]

if (process.env.GOSS !== undefined)
  writeFileSync(
    ANSWERS,
    `${JSON.stringify(Object.fromEntries(cases.map(each => [each.key, ask(each)])), null, 1)}\n`,
  )
const answers = JSON.parse(readFileSync(ANSWERS, 'utf8')) as Record<string, Answer>

function ask({ goss }: Case): Answer {
  const file = path.join(tmpdir(), `archparity-goss-${process.pid}.json`)
  writeFileSync(file, JSON.stringify(goss))
  let out: string
  try {
    out = execFileSync(process.env.GOSS as string, ['-g', file, 'validate', '--format', 'json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    out = String((error as { stdout: string }).stdout)
  }
  const results = (JSON.parse(out) as { results: { successful: boolean; err: unknown }[] }).results
  if (results.some(each => each.err)) return 'error'
  return results.every(each => each.successful) ? 'pass' : 'fail'
}

/** goss reads a list of one as a number where the system gave it, and not where `matching` did. */
const LISTS_OF_ONE = ['[7] → 7', '[7] → {gt: 6}', '["7"] → 7', '["7"] → {gt: 6}']

test.each(cases)('$key', ({ key, judge }) => {
  const problem = judge()
  const verdict = problem === undefined ? 'pass' : /cannot be compared/.test(problem) ? 'error' : 'fail'
  expect(verdict, problem).toBe(LISTS_OF_ONE.includes(key) ? 'pass' : answers[key])
})
