import { describe, expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/events.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { command, LogWriter } from './factory.js'
import { writeFaultyRun, writeHealthyRun } from './scenarios.js'

const judge = (events: readonly LoggedEvent[]) => buildRunReport(events).verdict
const two = () => new LogWriter(['linux/amd64', 'linux/arm64'])
const ARM = 'linux/arm64 emulated@local'

describe('judgeRun', () => {
  test('parity, and what it rests on', () => {
    expect(judge(writeHealthyRun())).toMatchObject({
      outcome: 'parity',
      sentence: 'Parity: 10 checks behave the same on 6 platforms.',
      reasons: [],
      checks: 10,
      targets: 6,
      counts: { passed: 60, failed: 0 },
    })
  })

  test('one platform cannot be in parity with itself, and the sentence says so', () => {
    expect(judge(new LogWriter(['linux/amd64']).check('a', () => ({})).finish())).toMatchObject({
      outcome: 'parity',
      sentence: '1 check passed on one platform; there was no other to compare with.',
    })
    expect(
      judge(
        two()
          .check('a', () => ({}))
          .finish(),
      ).sentence,
    ).toBe('Parity: 1 check behaves the same on 2 platforms.')
  })

  test('a failed check, a difference, a guard, a changed mind: failed', () => {
    expect(judge(writeFaultyRun())).toMatchObject({
      outcome: 'failed',
      sentence: 'No parity: 9 results failed; 6 findings; 1 platform not run.',
    })
    const differs = two().check('a', platform => ({
      observations: [command('x', { stdout: platform === 'linux/arm64' ? 'b' : 'a' })],
    }))
    expect(judge(differs.finish()).outcome).toBe('failed')
    const guard = two().check('a', () => ({}))
    guard.add({
      type: 'program-executed',
      target: ARM,
      pass: 'main',
      program: '/x',
      machine: 'amd64',
      expected: false,
    })
    expect(judge(guard.finish()).outcome).toBe('failed')
    expect(
      judge(
        two()
          .check('a', () => ({ flaky: true }))
          .finish(),
      ).outcome,
    ).toBe('failed')
  })

  test.each<[string, (log: LogWriter) => unknown]>([
    [
      'an errored check',
      log =>
        log.check('b', () => ({ status: 'errored', errors: [{ kind: 'infrastructure', message: 'x' }] })),
    ],
    ['an inconclusive check', log => log.check('b', () => ({ unfinished: true }))],
    [
      'a lost platform',
      log =>
        log.add({
          type: 'coverage-lost',
          lost: { platform: 'linux/x', code: 'no-handler', reason: 'x', intended: false },
        }),
    ],
    ['a lost host', log => log.add({ type: 'host-lost', host: 'local', message: 'x' })],
    [
      'a worker that died',
      log =>
        log.add({
          type: 'suite-errored',
          target: ARM,
          pass: 'main',
          file: 'b',
          code: 'worker-lost',
          message: 'x',
        }),
    ],
  ])('%s: incomplete', (_, spoil) => {
    const log = two().check('a', () => ({}))
    expect(judge(log.finish()).outcome).toBe('parity')
    spoil(log)
    expect(judge(log.finish()).outcome).toBe('incomplete')
  })

  test('a platform that was left out on request loses nothing', () => {
    const log = two().check('a', () => ({}))
    log.add({
      type: 'coverage-lost',
      lost: { platform: 'linux/386', code: 'excluded', reason: 'x', intended: true },
    })
    expect(judge(log.finish()).outcome).toBe('parity')
  })

  test('without a check that decided there is never parity', () => {
    expect(judge([]).outcome).toBe('incomplete')
    expect(judge(two().finish())).toMatchObject({
      outcome: 'incomplete',
      sentence: expect.stringContaining('no check ran to a verdict'),
    })
    expect(
      judge(
        two()
          .check('a', () => ({ status: 'skipped' }))
          .finish(),
      ).outcome,
    ).toBe('incomplete')
    expect(judge(new LogWriter([]).finish()).outcome).toBe('incomplete')
  })

  test('a log without its end is incomplete', () => {
    expect(judge(two().check('a', () => ({})).events)).toMatchObject({
      outcome: 'incomplete',
      sentence: expect.stringContaining('without finishing'),
    })
  })

  test.each([
    ['CONFIG_INVALID', 'usage'],
    ['REGISTRY_NOT_FOUND', 'usage'],
    ['INTERNAL', 'usage'],
    ['CODE_OF_TOMORROW', 'usage'],
    ['ENGINE_UNAVAILABLE', 'incomplete'],
    ['REPORT_FAILED', 'incomplete'],
  ] as const)('a run that ended with %s: %s', (code, outcome) => {
    const log = two().check('a', () => ({}))
    log.add({ type: 'run-finished', reason: 'error', error: { code, message: 'it broke.' }, durationMs: 1 })
    expect(judge(log.events)).toMatchObject({ outcome, sentence: expect.stringContaining('it broke.') })
  })

  test('the most serious wins: usage, interrupted, failed, incomplete', () => {
    const log = two()
      .check('a', () => ({ status: 'failed' }))
      .check('b', () => ({ unfinished: true }))
    expect(judge(log.finish()).outcome).toBe('failed')
    expect(judge(log.finish('interrupted')).outcome).toBe('interrupted')
    log.add({
      type: 'suite-errored',
      target: ARM,
      pass: 'main',
      file: 'b',
      code: 'suite-empty',
      message: 'x',
    })
    expect(judge(log.finish('interrupted'))).toMatchObject({
      outcome: 'usage',
      sentence: expect.stringContaining('suite b has no checks'),
    })
    expect(judge(log.finish('interrupted')).reasons.map(reason => reason.outcome)).toEqual(
      [...judge(log.finish('interrupted')).reasons]
        .map(reason => reason.outcome)
        .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
    )
  })

  test('a broken suite in the noise pass costs masks, not the verdict', () => {
    const log = two().check('a', () => ({}))
    log.add({
      type: 'suite-errored',
      target: 'linux/amd64 native@local',
      pass: 'noise',
      file: 'suites/app.suite.ts',
      code: 'suite-broken',
      message: 'x',
    })
    expect(judge(log.finish()).outcome).toBe('parity')
  })
})

const ORDER = ['usage', 'interrupted', 'failed', 'incomplete']
