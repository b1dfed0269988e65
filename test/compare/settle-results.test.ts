import { describe, expect, test } from 'vitest'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord, type CheckResult } from '../../src/compare/run-record.js'
import { areSiblings } from '../../src/compare/siblings.js'
import type { LoggedEvent } from '../../src/model/events.js'
import { type Behaviour, command, LogWriter } from '../report/factory.js'

const AMD = 'linux/amd64 native@local'
const PI1 = 'linux/arm64 native@pi1'
const PI2 = 'linux/arm64 native@pi2'
const FAR = '2027-01-01T00:00:00.000Z'
const LONG_AGO = '2026-01-01T00:00:00.000Z'

/** One reference, and two hosts that share linux/arm64. */
function share(): LogWriter {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
    unplanned: true,
    hosts: ['local', 'pi1', 'pi2'],
  })
  log.target('linux/amd64')
  for (const host of ['pi1', 'pi2']) log.target('linux/arm64', { execution: 'native', host })
  return log
}

function resultsOf(events: readonly LoggedEvent[], target: string): (CheckResult | undefined)[] {
  return buildRunRecord(events).checks.map(check => check.results.get(target))
}

/** One check that does this on pi1 and that on pi2. */
function checkOn(log: LogWriter, pi1: Behaviour, pi2: Behaviour): LogWriter {
  return log.check('one', (_, { host }) => (host === 'pi1' ? pi1 : host === 'pi2' ? pi2 : {}))
}

const lose = (log: LogWriter, host: string, more: { lastSeenAt?: string; phase?: 'start' | 'run' } = {}) =>
  log.add({ type: 'host-lost', host, message: 'connection reset', ...more })

describe('siblings', () => {
  test('the same bytes run in the same way on another host', () => {
    const log = share()
    log.target('linux/arm64')
    log.target('linux/arm64', { host: 'pi1' })
    log.target('linux/arm64', { cpu: 'cortex-a72' })
    log.target('linux/arm64', { cpu: 'cortex-a72', host: 'pi1' })
    const pairs = log.targets.flatMap((a, index) =>
      log.targets
        .slice(index + 1)
        .filter(b => areSiblings(a, b))
        .map(b => `${a.id} ${b.id}`),
    )
    expect(pairs).toEqual([
      `${PI1} ${PI2}`,
      'linux/arm64 emulated@local linux/arm64 emulated@pi1',
      'linux/arm64 emulated cortex-a72@local linux/arm64 emulated cortex-a72@pi1',
    ])
    const [, pi1, pi2] = log.targets
    if (pi1 === undefined || pi2 === undefined) throw new Error('no targets')
    expect(areSiblings(pi1, { ...pi2, digest: 'sha256:other' })).toBe(false)
    expect(areSiblings(pi1, { ...pi2, host: 'pi1' })).toBe(false)
  })
})

describe('a check that one of several hosts ran', () => {
  test('is skipped on the others, and no one takes it for lost', () => {
    for (const status of ['passed', 'failed'] as const) {
      const log = checkOn(share(), { absent: true }, { status })
      expect(resultsOf(log.finish(), PI1)).toMatchObject([{ status: 'skipped', reason: 'ran on host pi2' }])
      expect(resultsOf(log.events, PI2)).toMatchObject([{ status }])
    }
  })

  test('is skipped where its host was lost before, in the middle of it or with an error', () => {
    for (const here of [{ absent: true }, { unfinished: true }, { status: 'errored' }] as Behaviour[]) {
      const log = lose(checkOn(share(), here, {}), 'pi1')
      expect(resultsOf(log.finish(), PI1)).toEqual([
        {
          status: 'skipped',
          reason: 'ran on host pi2, because host pi1 was lost',
          durationMs: 0,
          attempts: 0,
          flaky: false,
          errors: [],
        },
      ])
    }
    const never = lose(checkOn(share(), { absent: true }, {}), 'pi1', { phase: 'start' })
    expect(resultsOf(never.finish(), PI1)[0]?.reason).toBe(
      'ran on host pi2, because host pi1 could not be reached',
    )
  })

  test('stays errored where the host was not lost', () => {
    const log = checkOn(share(), { status: 'errored' }, {})
    expect(resultsOf(log.finish(), PI1)).toMatchObject([{ status: 'errored' }])
    const broken = checkOn(share(), { absent: true }, {})
    broken.add({
      type: 'suite-errored',
      target: PI1,
      pass: 'main',
      file: 'suites/app.suite.ts',
      code: 'worker-lost',
      message: 'killed',
    })
    expect(resultsOf(broken.finish(), PI1)).toMatchObject([{ status: 'errored', reason: 'killed' }])
  })

  test('keeps both verdicts where both hosts ran it', () => {
    const log = lose(checkOn(share(), { status: 'failed' }, {}), 'pi1')
    expect(resultsOf(log.finish(), PI1)).toMatchObject([{ status: 'failed' }])
  })

  test('is open on one target only where nobody decided it', () => {
    const began = checkOn(share(), { absent: true }, { unfinished: true })
    expect(resultsOf(began.finish(), PI1)).toMatchObject([
      { status: 'skipped', reason: 'was given to host pi2' },
    ])
    expect(resultsOf(began.events, PI2)).toMatchObject([{ status: 'inconclusive' }])
    const lost = lose(checkOn(share(), { unfinished: true }, { unfinished: true }), 'pi1')
    expect(resultsOf(lost.finish(), PI1)).toMatchObject([{ status: 'inconclusive' }])
    expect(resultsOf(lost.events, PI2)).toMatchObject([{ status: 'inconclusive' }])
  })

  test('that its author skips is skipped everywhere, with the reason', () => {
    const log = checkOn(share(), { absent: true }, { status: 'skipped', reason: 'needs a GPU' })
    expect(resultsOf(log.finish(), PI1)).toMatchObject([
      { status: 'skipped', reason: 'skipped on host pi2: needs a GPU' },
    ])
  })

  test('is not the business of another execution, CPU model or platform', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true, hosts: ['local', 'pi1'] })
    log.target('linux/amd64')
    log.target('linux/arm64', { execution: 'native', host: 'pi1' })
    log.target('linux/arm64')
    log.target('linux/arm64', { cpu: 'cortex-a72', host: 'pi1' })
    log.check('one', (_, { host }) => ({ absent: host === 'pi1' }))
    const statuses = [...(buildRunRecord(log.finish()).checks[0]?.results ?? [])].map(
      ([id, { status }]) => `${id} ${status}`,
    )
    expect(statuses).toEqual([
      `${AMD} passed`,
      `${PI1} inconclusive`,
      'linux/arm64 emulated@local passed',
      'linux/arm64 emulated cortex-a72@pi1 inconclusive',
    ])
  })
})

describe('a failure on a host that was lost', () => {
  test('after its last answer it is an error, with what failed kept', () => {
    const log = lose(checkOn(share(), { status: 'failed' }, { absent: true }), 'pi1', {
      lastSeenAt: LONG_AGO,
    })
    expect(resultsOf(log.finish(), PI1)).toMatchObject([
      {
        status: 'errored',
        reason: `host pi1 had stopped answering (last at ${LONG_AGO}) when this check failed: connection reset`,
        errors: [
          { kind: 'infrastructure', code: 'ENGINE_LOST' },
          { kind: 'assertion', message: 'expected 1 to be 0' },
        ],
      },
    ])
  })

  test('before its last answer, or where that is not known, it stands', () => {
    for (const more of [{ lastSeenAt: FAR }, {}, { lastSeenAt: 'never' }]) {
      const log = lose(checkOn(share(), { status: 'failed' }, { absent: true }), 'pi1', more)
      expect(resultsOf(log.finish(), PI1)).toMatchObject([{ status: 'failed' }])
    }
  })

  test('where another host decided it, it is skipped; a pass is believed', () => {
    const doubted = lose(checkOn(share(), { status: 'failed' }, {}), 'pi1', { lastSeenAt: LONG_AGO })
    expect(resultsOf(doubted.finish(), PI1)).toMatchObject([
      { status: 'skipped', reason: 'ran on host pi2, because host pi1 was lost' },
    ])
    const passed = lose(checkOn(share(), {}, { absent: true }), 'pi1', { lastSeenAt: LONG_AGO })
    expect(resultsOf(passed.finish(), PI1)).toMatchObject([{ status: 'passed' }])
  })

  test('the word of the guard stands: it had read the program', () => {
    const errors = [{ kind: 'guard', code: 'FOREIGN_PROGRAM', message: 'amd64' }] as const
    const log = lose(checkOn(share(), { status: 'failed', errors }, { absent: true }), 'pi1', {
      lastSeenAt: LONG_AGO,
    })
    expect(resultsOf(log.finish(), PI1)).toMatchObject([{ status: 'failed' }])
  })

  test('two doubted failures decide nothing for each other', () => {
    const log = checkOn(share(), { status: 'failed' }, { status: 'failed' })
    for (const host of ['pi1', 'pi2']) lose(log, host, { lastSeenAt: LONG_AGO })
    for (const id of [PI1, PI2]) expect(resultsOf(log.finish(), id)).toMatchObject([{ status: 'errored' }])
  })
})

describe('what passed after the last answer of a lost host', () => {
  const see = (stdout: string): Behaviour => ({ observations: [command('app', { stdout })] })
  const compare = (pi1: Behaviour, lastSeenAt: string) => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'], {
      unplanned: true,
      hosts: ['local', 'pi1'],
    })
    for (const platform of ['linux/amd64', 'linux/s390x']) log.target(platform)
    log.target('linux/arm64', { execution: 'native', host: 'pi1' })
    log.check('one', (_, { host }) => (host === 'pi1' ? pi1 : see('aarch64 is not amd64')))
    lose(log, 'pi1', { lastSeenAt })
    return compareRun(buildRunRecord(log.finish()))
  }

  test('is left out where it alone differs, with a note', () => {
    const { checks } = compare(see(''), LONG_AGO)
    expect(checks[0]).toMatchObject({
      differences: [],
      compared: [AMD, 'linux/s390x emulated@local'],
      masks: [{ label: 'app', field: 'stdout', reason: 'host-lost', what: [PI1] }],
    })
    expect(checks[0]?.statuses.get(PI1)).toBe('passed')
  })

  test('counts where it agrees, and before that always', () => {
    expect(compare(see('aarch64 is not amd64'), LONG_AGO).checks[0]).toMatchObject({
      differences: [],
      masks: [],
      compared: [AMD, PI1, 'linux/s390x emulated@local'],
    })
    expect(compare(see(''), FAR).checks[0]?.differences).toHaveLength(1)
  })

  test('and its lines are not counted among the normalised', () => {
    const address = 'aborted at 0x7f001122'
    const lines = (pi1: string) => {
      const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
        unplanned: true,
        hosts: ['local', 'pi1'],
        noise: false,
      })
      log.target('linux/amd64')
      log.target('linux/arm64', { execution: 'native', host: 'pi1' })
      log.check('one', (_, { host }) => see(host === 'pi1' ? pi1 : address))
      lose(log, 'pi1', { lastSeenAt: LONG_AGO })
      const { rules } = compareRun(buildRunRecord(log.finish()))
      return rules.find(rule => rule.name === 'memory-addresses')?.lines
    }
    expect([lines(address), lines(`${address}\n${address}`)]).toEqual([2, undefined])
  })
})

test('a second run that failed after the host’s last answer is no change of mind', () => {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'])
  log.check('one', () => ({}), { noise: { status: 'failed' } })
  const unstable = () => compareRun(buildRunRecord(log.finish())).checks[0]?.unstable
  expect(unstable()).toBeDefined()
  lose(log, 'local', { lastSeenAt: LONG_AGO })
  expect(unstable()).toBeUndefined()
})

describe('hosts that share the reference', () => {
  /** Two amd64 hosts share the checks; arm64 is emulated. */
  function shareReference(noise: string): LogWriter {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
      unplanned: true,
      hosts: ['local', 'b'],
      noise: false,
    })
    log.target('linux/arm64')
    log.target('linux/amd64')
    log.target('linux/amd64', { host: 'b' })
    const see = (text: string) => ({ observations: [command('app', { stdout: `${text}\n` })] })
    log.check('one', (platform, { host }) =>
      platform === 'linux/arm64' ? see('id 3, c') : host === 'b' ? see('id 1, a') : { absent: true },
    )
    const check = { id: 'suites/app.suite.ts > one', file: 'suites/app.suite.ts', name: 'one' }
    const at = { target: noise, pass: 'noise' } as const
    const observation = command('app', { stdout: 'id 2, a\n' })
    log.add({ type: 'observation', ...at, check: check.id, attempt: 0, seq: 0, observation })
    const rest = { durationMs: 1, attempts: 1, flaky: false, errors: [] }
    log.add({ type: 'check-finished', ...at, check, status: 'passed', ...rest })
    return log
  }

  test.each(['linux/amd64 native@b', AMD])(
    'the one that ran it is the measure, with the noise of %s',
    noise => {
      const [check] = compareRun(buildRunRecord(shareReference(noise).finish())).checks
      expect(check?.compared).toEqual(['linux/amd64 native@b', 'linux/arm64 emulated@local'])
      expect(check?.masks.map(mask => mask.what)).toEqual([['id ‹noise›, a']])
      expect(check?.differences[0]?.classes[0]).toMatchObject({
        base: true,
        targets: ['linux/amd64 native@b'],
      })
    },
  )

  test('noise of a run that decided otherwise is not learned', () => {
    const log = shareReference('linux/amd64 native@b')
    const flipped = log
      .finish()
      .map(event =>
        event.type === 'check-finished' && event.pass === 'noise'
          ? { ...event, status: 'failed' as const }
          : event,
      )
    const [check] = compareRun(buildRunRecord(flipped)).checks
    expect(check?.masks).toEqual([])
    expect(check?.unstable).toEqual({ target: 'linux/amd64 native@b', main: 'passed', noise: 'failed' })
  })
})
