import { describe, expect, test } from 'vitest'
import type { HostLost, LoggedEvent } from '../../src/model/events.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { type Behaviour, command, LogWriter } from './factory.js'
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

  describe('hosts', () => {
    const FILE = 'suites/app.suite.ts'
    const PI1 = 'linux/arm64 native@pi1'
    /** linux/arm64 on two hosts, of which one was lost; `here` is what became of the check on it. */
    function loseHost(here: Behaviour, there: Behaviour, more: Partial<HostLost> = {}): LogWriter {
      const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
        unplanned: true,
        hosts: ['local', 'pi1', 'pi2'],
      })
      log.target('linux/amd64')
      for (const host of ['pi1', 'pi2']) log.target('linux/arm64', { execution: 'native', host })
      log.check('a', (_, { host }) => (host === 'pi1' ? here : host === 'pi2' ? there : {}))
      return log.add({ type: 'host-lost', host: 'pi1', message: 'connection reset', ...more })
    }

    test('a lost host whose work others did costs no coverage, and is told', () => {
      for (const here of [{ absent: true }, { unfinished: true }, { status: 'errored' }] as Behaviour[]) {
        const report = buildRunReport(loseHost(here, {}).finish())
        expect(report.verdict).toMatchObject({ outcome: 'parity', reasons: [], counts: { skipped: 1 } })
        expect(report.findings).toMatchObject([
          {
            kind: 'host',
            cause: 'host',
            title: 'host pi1 was lost during the run',
            evidence: [
              { text: 'connection reset', data: { host: 'pi1', phase: 'run' } },
              {
                text: '1 check of the same platform ran on pi2',
                data: { elsewhere: 1, elsewhereOn: ['pi2'] },
              },
            ],
          },
        ])
      }
    })

    test('what nobody decided is incomplete, never a pass and never the image’s failure', () => {
      const cases: [Behaviour, Behaviour][] = [
        [{ unfinished: true }, { unfinished: true }],
        [{ unfinished: true }, { absent: true }],
        [{ status: 'failed' }, { absent: true }],
        [{ status: 'failed' }, { status: 'errored' }],
      ]
      for (const [here, there] of cases) {
        const log = loseHost(here, there, { lastSeenAt: '2026-01-01T00:00:00.000Z' })
        const { verdict, findings } = buildRunReport(log.finish())
        expect(verdict.outcome).toBe('incomplete')
        expect(verdict.sentence).toContain('host pi1 lost during the run')
        expect(verdict.counts.failed).toBe(0)
        expect(findings.every(finding => finding.kind === 'host')).toBe(true)
      }
    })

    test('a host that was never ready is incomplete, with what to do', () => {
      const log = two().check('a', () => ({}))
      log.add({
        type: 'host-lost',
        host: 'pi',
        message: 'its key is not known\nmore',
        phase: 'start',
        code: 'HOST_KEY',
        hint: 'Accept its key with `ssh pi`.',
      })
      const { verdict, findings } = buildRunReport(log.finish())
      expect(verdict).toMatchObject({
        outcome: 'incomplete',
        sentence: 'Incomplete: host pi could not be reached.',
      })
      expect(findings).toMatchObject([
        {
          kind: 'host',
          title: 'host pi could not be reached',
          advice: 'Accept its key with `ssh pi`.',
          evidence: [
            { text: 'its key is not known', data: { host: 'pi', phase: 'start', code: 'HOST_KEY' } },
          ],
        },
      ])
    })

    test('checks that only a lost host ran may not be all', () => {
      const log = loseHost({}, { absent: true })
      log.check('b', (_, { host }) => ({ absent: host !== 'pi1' }), { file: 'suites/b.suite.ts' })
      const { verdict, findings } = buildRunReport(log.finish())
      expect(verdict.outcome).toBe('incomplete')
      expect(findings.find(one => one.kind === 'host')?.evidence.at(-1)?.data).toEqual({
        suites: ['suites/b.suite.ts'],
      })
    })

    test('errors of suites that the loss caused are the loss', () => {
      for (const code of ['worker-lost', 'suite-broken', 'suite-empty'] as const) {
        const log = loseHost({ absent: true }, {})
        log.add({ type: 'suite-errored', target: PI1, pass: 'main', file: FILE, code, message: 'x' })
        const { verdict, findings } = buildRunReport(log.finish())
        expect(verdict.outcome, code).toBe('parity')
        expect(findings.map(finding => finding.title)).toEqual(['host pi1 was lost during the run'])
      }
      for (const [code, outcome] of [
        ['worker-lost', 'incomplete'],
        ['suite-broken', 'usage'],
      ] as const) {
        const alive = loseHost({ absent: true }, {})
        const target = 'linux/amd64 native@local'
        alive.add({ type: 'suite-errored', target, pass: 'main', file: FILE, code, message: 'x' })
        expect(judge(alive.finish()).outcome, code).toBe(outcome)
      }
      const broken = loseHost({ absent: true }, { absent: true })
      const at = { pass: 'main', file: 'suites/c.suite.ts', code: 'suite-broken', message: 'x' } as const
      broken.add({ type: 'suite-errored', target: PI1, ...at })
      expect(judge(broken.finish()).outcome).toBe('usage')
    })
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
