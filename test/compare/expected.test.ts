import { describe, expect, test } from 'vitest'
import type { Observation } from '../../src/model/observation.js'
import { choosePerPlatform, type PerPlatform } from '../../src/model/per-platform.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { command, LogWriter } from '../report/factory.js'

/** A check on amd64, arm64 and 386 that expects values per platform; `see` is told which is its own. */
function run(
  expectations: PerPlatform<unknown>[],
  see: (platform: string, expected: unknown[]) => Observation,
  pass: 'main' | 'noise' = 'main',
) {
  const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/386'])
  log.check('bits', (platform, target) => {
    const chosen = expectations.map(values => choosePerPlatform(values, target.platform))
    for (const [seq, values] of expectations.entries()) {
      const expectation = { values, value: chosen[seq] }
      const check = 'suites/app.suite.ts > bits'
      log.add({ type: 'value-expected', target: target.id, pass, check, attempt: 0, seq, expectation })
    }
    return { observations: [see(platform, chosen)] }
  })
  return buildRunReport(log.finish())
}
const BITS = { 'linux/386': 32, default: 64 }
const print = (text: string) => command('app', { stdout: text })
const value = (it: unknown): Observation => ({ kind: 'value', name: 'bits', value: it })
const faults = (report: ReturnType<typeof run>) => report.findings.flatMap(one => one.platforms)

describe('a difference that is exactly the expected one is no finding', () => {
  test.each<[string, PerPlatform<unknown>[], (platform: string, expected: unknown[]) => Observation]>([
    ['in a line', [BITS], (_, [n]) => print(`has ${n} bits\n64 is a number\n`)],
    ['of a value', [BITS], (_, [n]) => value(n)],
    ['in a value', [BITS], (_, [n]) => value({ size: [n, 64] })],
    ['of text', [{ 'linux/386': 'a\nb', default: 'c' }], (_, [s]) => print(`${s}`)],
    ['of text in a value', [{ 'linux/386': 'one', default: 'two' }], (_, [s]) => value({ s })],
    ['of an object', [{ 'linux/386': { a: 1 }, default: { b: [2] } }], (_, [o]) => value(o)],
    [
      'of an exit code',
      [{ 'linux/386': 3, default: 0 }],
      (_, [n]) => command('x', { exitCode: n as number }),
    ],
    ['of several', [BITS, { 'linux/arm64': 16, default: 4 }], (_, [n, m]) => print(`${n} bits, page ${m}`)],
  ])('%s', (_, expectations, see) => {
    const report = run(expectations, see)
    expect(faults(report)).toEqual([])
    expect(report.verdict.outcome).toBe('parity')
    expect(report.comparison.checks[0]?.declared[0]?.reason).toContain('expected per platform: linux/')
  })
})

describe('anything else stays a finding', () => {
  test.each<[string, (platform: string, expected: unknown[]) => Observation]>([
    ['another value than the expected', p => print(p === 'linux/386' ? '31' : '64')],
    ['one more line', (p, [n]) => print(p === 'linux/386' ? `${n}\nx` : `${n}`)],
    ['another line', (p, [n]) => print(`${n}\n${p === 'linux/386' ? 'x' : 'y'}`)],
    ['a part of a number', (_, [n]) => print(`1${n}`)],
    ['a fraction', (_, [n]) => print(`${n}.5`)],
  ])('%s', (_, see) => {
    expect(faults(run([BITS], see))).toEqual(['linux/386'])
  })

  test('another platform with the value of the expecting one', () => {
    expect(faults(run([BITS], (p, [n]) => print(`${p === 'linux/arm64' ? 32 : n}`)))).toEqual(['linux/arm64'])
  })

  test('what only the second run expected', () => {
    expect(faults(run([BITS], (_, [n]) => print(`${n}`), 'noise'))).toEqual(['linux/386'])
  })
})

test('of a check that was tried again, the last attempt counts', () => {
  const log = new LogWriter(['linux/amd64', 'linux/386'])
  log.check('bits', (_, target) => {
    for (const [attempt, own] of [1, 32].entries()) {
      const values = { 'linux/386': own, default: 64 }
      const expectation = { values, value: choosePerPlatform(values, target.platform) }
      const check = 'suites/app.suite.ts > bits'
      log.add({
        type: 'value-expected',
        target: target.id,
        pass: 'main',
        check,
        attempt,
        seq: 0,
        expectation,
      })
    }
    return { observations: [value(target.platform.architecture === '386' ? 32 : 64)] }
  })
  expect(buildRunReport(log.finish()).findings).toEqual([])
})
