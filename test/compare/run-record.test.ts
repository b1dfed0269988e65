import { describe, expect, test } from 'vitest'
import { compareNaturally } from '../../src/compare/order.js'
import { buildRunRecord, lastAttempt } from '../../src/compare/run-record.js'
import type { LoggedEvent } from '../../src/model/events.js'
import { renderJson } from '../../src/report/json.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { command, LogWriter } from '../report/factory.js'
import { writeFaultyRun, writeRemoteRun } from '../report/scenarios.js'
import { createRandom } from './random.js'

/** Mixes the events of targets as a parallel run would: what one target says stays in order. */
function interleave(events: readonly LoggedEvent[], seed: number): LoggedEvent[] {
  const random = createRandom(seed)
  const queues = new Map<string, LoggedEvent[]>()
  const first = events.filter(event => !('target' in event) || typeof event.target !== 'string')
  for (const event of events) {
    if (!('target' in event) || typeof event.target !== 'string') continue
    queues.set(event.target, [...(queues.get(event.target) ?? []), event])
  }
  const last = first.filter(event => event.type === 'run-finished')
  const mixed: LoggedEvent[] = random.shuffle(
    first.filter(event => event.type !== 'run-finished' && event.type !== 'run-started'),
  )
  const open = [...queues.values()]
  while (open.some(queue => queue.length > 0)) {
    const event = random.pick(open.filter(queue => queue.length > 0)).shift()
    if (event !== undefined) mixed.push(event)
  }
  return [...first.filter(event => event.type === 'run-started'), ...mixed, ...last]
}

describe('buildRunRecord', () => {
  test.each([
    ['one host', writeFaultyRun],
    ['several hosts', writeRemoteRun],
  ])('any interleaving of the targets gives the same report: %s', (_, write) => {
    const events = write()
    const expected = renderJson(buildRunReport(events))
    for (let seed = 1; seed <= 10; seed += 1)
      expect(renderJson(buildRunReport(interleave(events, seed)))).toBe(expected)
  })

  test('targets stand in the image’s order, checks by file, line and number', () => {
    const log = new LogWriter(['linux/s390x', 'linux/amd64', 'linux/arm64'], { unplanned: true })
    for (const platform of ['linux/arm64', 'linux/amd64', 'linux/s390x']) log.target(platform)
    log.target('linux/arm64', { execution: 'native', host: 'arm' })
    for (const [name, line] of [
      ['row 10', 5],
      ['row 2', 5],
      ['last', 9],
      ['first', 1],
    ] as const)
      log.check(name, () => ({}), { line })
    log.check('other', () => ({}), { file: 'suites/a.suite.ts' })
    const record = buildRunRecord(log.finish())
    expect(record.targets.map(target => target.id)).toEqual([
      'linux/s390x emulated@local',
      'linux/amd64 native@local',
      'linux/arm64 native@arm',
      'linux/arm64 emulated@local',
    ])
    expect(record.checks.map(({ check }) => check.name)).toEqual([
      'other',
      'first',
      'row 2',
      'row 10',
      'last',
    ])
    expect(record.reference?.id).toBe('linux/amd64 native@local')
  })

  test('a check that began and never finished is inconclusive, and says why', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('half', platform => ({ unfinished: platform === 'linux/arm64' }))
    log.check('never', platform => ({ absent: platform === 'linux/arm64' }))
    const results = (events: readonly LoggedEvent[]) =>
      buildRunRecord(events).checks.map(check => check.results.get('linux/arm64 emulated@local'))
    expect(results(log.events)).toMatchObject([
      { status: 'inconclusive', reason: 'the run ended before this check finished here' },
      { status: 'inconclusive', reason: expect.stringContaining('never started here') },
    ])
    const interrupted = [...log.events]
    interrupted.push({
      type: 'run-finished',
      reason: 'interrupted',
      durationMs: 1,
      at: '2026-03-01T12:01:00.000Z',
    })
    expect(results(interrupted)[0]?.reason).toBe('the run was interrupted before this check finished here')
    const lost = [
      ...log.events,
      { type: 'host-lost', host: 'local', message: 'connection reset', at: '' } as const,
    ]
    expect(results(lost)).toMatchObject([
      { status: 'inconclusive', reason: 'host local was lost while this check ran: connection reset' },
      { status: 'inconclusive', reason: 'host local was lost before this check started: connection reset' },
    ])
  })

  test('a check of a suite that broke on a target is errored there', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('one', platform => ({ absent: platform === 'linux/arm64' }))
    log.add({
      type: 'suite-errored',
      target: 'linux/arm64 emulated@local',
      pass: 'main',
      file: 'suites/app.suite.ts',
      code: 'worker-lost',
      message: 'the worker died',
    })
    const record = buildRunRecord(log.finish())
    expect(record.checks[0]?.results.get('linux/arm64 emulated@local')).toMatchObject({
      status: 'errored',
      reason: 'the worker died',
    })
    expect(record.checks[0]?.results.get('linux/amd64 native@local')?.status).toBe('passed')
  })

  test('a lost pull is told in the result of each check', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('one', platform => ({ absent: platform === 'linux/arm64' }))
    log.add({
      type: 'coverage-lost',
      lost: { platform: 'linux/arm64', code: 'pull-failed', reason: 'blob unknown', intended: false },
    })
    const result = buildRunRecord(log.finish()).checks[0]?.results.get('linux/arm64 emulated@local')
    expect(result).toMatchObject({ status: 'inconclusive', reason: 'blob unknown' })
  })

  test('the noise pass never gives a status, a retry keeps earlier attempts', () => {
    const log = new LogWriter(['linux/amd64'])
    log.check(
      'one',
      () => ({ flaky: true, earlier: [[command('a', { exitCode: 1 })]], observations: [command('b')] }),
      {
        noise: { status: 'failed', observations: [command('c')] },
      },
    )
    const check = buildRunRecord(log.finish()).checks[0]
    expect(check?.results.get('linux/amd64 native@local')?.status).toBe('passed')
    expect(check?.noise.get('linux/amd64 native@local')?.status).toBe('failed')
    expect(check?.observations.get('linux/amd64 native@local')).toHaveLength(2)
    expect(lastAttempt(check?.observations ?? new Map(), 'linux/amd64 native@local')).toMatchObject([
      { command: 'b' },
    ])
  })

  test('nothing and a hostile attempt number are survived', () => {
    expect(buildRunRecord([])).toMatchObject({ targets: [], checks: [], reference: undefined })
    const log = new LogWriter(['linux/amd64'])
    const id = 'suites/app.suite.ts > x'
    for (const attempt of [1e9, -1, Number.NaN, 0.5]) {
      log.add({
        type: 'observation',
        target: 'linux/amd64 native@local',
        pass: 'main',
        check: id,
        attempt,
        seq: 0,
        observation: command('x'),
      })
    }
    expect(buildRunRecord(log.finish()).checks[0]?.check).toMatchObject({
      file: 'suites/app.suite.ts',
      name: 'x',
    })
  })
})

test('compareNaturally orders numbers by value', () => {
  const sorted = ['a10', 'a9', 'a', 'b1', 'a010', 'a1b2', 'a1b10'].sort(compareNaturally)
  expect(sorted).toEqual(['a', 'a1b2', 'a1b10', 'a9', 'a010', 'a10', 'b1'])
})
