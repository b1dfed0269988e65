import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { ComparisonSettings, DeclaredDifference } from '../../src/model/declared.js'
import { renderJson } from '../../src/report/json.js'
import { renderJunit } from '../../src/report/junit/render-junit.js'
import { buildRunReport, type RunReport } from '../../src/report/run-report.js'
import { renderTerminal } from '../../src/report/terminal/render-terminal.js'
import { type Behaviour, command, LogWriter } from '../report/factory.js'

const THREE = ['linux/amd64', 'linux/arm64', 'linux/s390x']

/** A run whose `bits` prints 64, on s390x 31 and on arm64 what is given. Runs in LogWriter begin on 2026-03-01. */
function report(
  differences: DeclaredDifference[],
  behave: (platform: string) => Behaviour = print,
  more: { filtered?: boolean } = {},
): RunReport {
  const comparison: ComparisonSettings = { differences }
  const log = new LogWriter(THREE, { comparison, ...more })
  log.check('bits', behave)
  log.check('calm', () => ({ observations: [command('true')] }))
  return buildRunReport(log.finish())
}

const print = (platform: string): Behaviour => {
  const bits = platform === 'linux/s390x' ? 'bits 31\nBE' : 'bits 64\nLE'
  return { observations: [command('bits', { stdout: `same\n${bits}\n` })] }
}
const fail = (platform: string): Behaviour =>
  platform === 'linux/s390x'
    ? { status: 'failed', errors: [{ kind: 'assertion', message: 'expected 31 to be 64' }] }
    : {}
const outcome = ({ verdict, findings }: RunReport) => `${verdict.outcome} ${findings.length}`
const states = ({ comparison }: RunReport) =>
  comparison.declarations.map(one => `${one.state} ${one.matched}`)
const reason = 'it is big-endian'

test('without a declaration the difference is a finding', () => {
  expect(outcome(report([]))).toBe('failed 1')
})

describe('a declared difference is no finding', () => {
  test.each<[string, Partial<DeclaredDifference>]>([
    ['everything', {}],
    ['its check', { check: '> bits$' }],
    ['its field', { field: 'stdout' }],
    ['its platform', { platforms: ['linux/s390x', 'linux/ppc64le'] }],
    ['what all lines match', { pattern: '^(bits \\d+|[BL]E)$' }],
    ['a day that is still to come', { expires: '2026-03-02' }],
    ['the last day itself', { expires: '2026-03-01' }],
  ])('that names %s', (_, setting) => {
    const made = report([{ ...setting, reason }])
    expect(outcome(made)).toBe('parity 0')
    expect(states(made)).toEqual(['used 1'])
    expect(made.verdict.sentence).toContain('apart from 1 declared difference')
    expect(made.comparison.checks[0]?.declared[0]).toMatchObject({ reason, declaration: 0 })
  })
})

describe('a declaration that is about something else leaves the finding', () => {
  test.each<[string, Partial<DeclaredDifference>, string]>([
    ['another check', { check: '> calm' }, 'unused 0'],
    ['another field', { field: 'stderr' }, 'unused 0'],
    ['another platform', { platforms: ['linux/arm64'] }, 'unused 0'],
    ['only some of the lines', { pattern: '^bits' }, 'unused 0'],
    ['lines that are the same', { contains: 'same' }, 'unused 0'],
    ['a platform that did not run', { platforms: ['linux/386'] }, 'not-run 0'],
    ['a status', { status: true, platforms: ['linux/s390x'] }, 'unused 0'],
    ['a day that is over', { expires: '2026-02-28' }, 'expired 0'],
  ])('%s', (_, setting, state) => {
    const made = report([{ ...setting, reason }])
    expect(outcome(made)).toBe('failed 1')
    expect(states(made)).toEqual([state])
  })
})

test('only the declared platform is left out of a difference of three values', () => {
  const behave = (platform: string) => ({ observations: [command('bits', { stdout: platform.slice(-4) })] })
  const made = report([{ platforms: ['linux/s390x'], reason }], behave)
  expect(made.findings.map(one => one.platforms)).toEqual([['linux/arm64']])
  expect(made.comparison.checks[0]?.declared).toHaveLength(1)
})

test('the reference may be the platform that differs', () => {
  const behave = (platform: string) => ({
    observations: [command('bits', { stdout: platform === 'linux/amd64' ? 'a' : 'b' })],
  })
  expect(outcome(report([{ platforms: ['linux/amd64'], reason }], behave))).toBe('parity 0')
})

test('an observation that is missing can be declared', () => {
  const behave = (platform: string) => ({
    observations: platform === 'linux/s390x' ? [] : [command('bits')],
  })
  expect(outcome(report([{ field: 'observed', platforms: ['linux/s390x'], reason }], behave))).toBe(
    'parity 0',
  )
})

describe('a declared failure', () => {
  const declared = { status: true, platforms: ['linux/s390x'], reason }

  test('does not fail the run', () => {
    const made = report([declared], fail)
    expect(outcome(made)).toBe('parity 0')
    expect(made.verdict.counts.failed).toBe(1)
    expect(states(made)).toEqual(['used 1'])
  })

  test.each<[string, Partial<DeclaredDifference>]>([
    ['of values only', { status: false }],
    ['of other platforms', { platforms: ['linux/arm64'] }],
    ['of other messages', { pattern: 'segmentation' }],
    ['that has expired', { expires: '2020-01-01' }],
  ])('does where the declaration is one %s', (_, more) => {
    expect(outcome(report([{ ...declared, ...more }], fail))).toBe('failed 1')
  })

  test('never is what the guard found', () => {
    const guarded = (platform: string): Behaviour =>
      platform === 'linux/s390x' ? { status: 'failed', errors: [{ kind: 'guard', message: 'foreign' }] } : {}
    expect(report([declared], guarded).verdict.outcome).toBe('failed')
  })

  test('takes the values of the failed check with it', () => {
    const behave = (platform: string) => ({ ...fail(platform), ...print(platform) })
    const made = report([declared], behave)
    expect(made.comparison.checks[0]?.differences).toEqual([])
  })
})

test('nothing is called unused in a run of some checks only', () => {
  expect(states(report([{ check: 'nothing', reason }], print, { filtered: true }))).toEqual(['not-run 0'])
})

test('every report says what is declared, and what is stale', () => {
  const made = report([
    { platforms: ['linux/s390x'], reason },
    { check: 'calm', reason: 'no longer so' },
    { expires: '2020-01-01', reason: 'till then' },
  ])
  const terminal = renderTerminal(made, { width: 120, colors: pc.createColors(false) })
  const junit = renderJunit(made)
  const json = JSON.parse(renderJson(made))
  for (const text of [terminal, junit]) {
    expect(text).toContain(reason)
    expect(text).toContain('differences.1 (no longer so) matched nothing in this run')
    expect(text).toContain('differences.2 (till then) expired on 2020-01-01')
  }
  expect(terminal).toContain('Declared: stdout of `bits` in "bits" on linux/s390x: it is big-endian')
  expect(terminal).toContain('≈ differs or fails as declared')
  expect(junit).not.toContain('<failure')
  expect(json.checks[0].declared[0].reason).toBe(reason)
  expect(json.declarations.map((one: { state: string }) => one.state)).toEqual(['used', 'unused', 'expired'])
})
