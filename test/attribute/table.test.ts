import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { isMasked } from '../../src/attribute/draft.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { Finding } from '../../src/model/finding.js'
import type { Target } from '../../src/model/target.js'
import { command, LogWriter } from '../report/factory.js'

/** A cell of the table: the platform's native (N) and emulated (E) target, the reference (R), another platform (O). */
type Outcome = 'good' | 'bad' | 'none'
interface Row {
  readonly N: Outcome
  readonly E: Outcome
  readonly R: Outcome
  /** Another emulated platform. */
  readonly O?: Outcome
  /** Another native platform than the reference's. */
  readonly M?: Outcome
  /** The platform under a CPU model. */
  readonly C?: Outcome
}

const PLACES: readonly [keyof Row, string, Partial<Parameters<LogWriter['target']>[1]>][] = [
  ['R', 'linux/amd64', {}],
  ['N', 'linux/arm64', { execution: 'native', host: 'arm' }],
  ['E', 'linux/arm64', {}],
  ['O', 'linux/s390x', {}],
  ['M', 'linux/ppc64le', { execution: 'native', host: 'power' }],
  ['C', 'linux/arm64', { cpu: 'cortex-a72' }],
]

function plan(row: Row): { log: LogWriter; outcomes: Map<string, 'good' | 'bad'> } {
  const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x', 'linux/ppc64le'], {
    unplanned: true,
    hosts: ['local', 'arm', 'power'],
  })
  const outcomes = new Map<string, 'good' | 'bad'>()
  for (const [name, platform, options] of PLACES) {
    const outcome = row[name] ?? 'none'
    if (outcome !== 'none') outcomes.set(log.target(platform, options).id, outcome)
  }
  return { log, outcomes }
}

function attribute(log: LogWriter): Finding[] {
  const record = buildRunRecord(log.finish())
  return attributeRun(record, compareRun(record))
}

/** `cause platforms`, with `masked` where emulation hides it; a fault that shows as a failed check. */
function failWith(row: Row): string[] {
  return findFailures(row).map(sayFinding)
}

function findFailures(row: Row): Finding[] {
  const { log, outcomes } = plan(row)
  log.check('one', (_, target) =>
    outcomes.get(target.id) === 'bad'
      ? { status: 'failed', observations: [command('app', { exitCode: 1 })] }
      : { observations: [command('app')] },
  )
  return attribute(log)
}

/** The same where the check passes and what it saw differs. */
function differWith(row: Row): string[] {
  return findDifferences(row).map(sayFinding)
}

function findDifferences(row: Row): Finding[] {
  const { log, outcomes } = plan(row)
  const see = (target: Target) =>
    command('app', { stdout: outcomes.get(target.id) === 'bad' ? 'bad' : 'good' })
  log.check('one', (_, target) => ({ observations: [see(target)] }))
  return attribute(log)
}

function sayFinding(finding: Finding): string {
  return [finding.cause, ...(isMasked(finding) ? ['masked'] : []), ...finding.platforms].join(' ')
}

const ARM = 'linux/arm64'

describe('failures', () => {
  test.each<[string, Row, string[]]>([
    ['nothing fails', { N: 'good', E: 'good', R: 'good' }, []],
    ['only emulated, right natively', { N: 'good', E: 'bad', R: 'good' }, [`emulation ${ARM}`]],
    [
      'only natively, right under emulation',
      { N: 'bad', E: 'good', R: 'good' },
      [`architecture masked ${ARM}`],
    ],
    ['native and emulated', { N: 'bad', E: 'bad', R: 'good' }, [`architecture ${ARM}`]],
    ['native, not emulated at all', { N: 'bad', E: 'none', R: 'good' }, [`architecture ${ARM}`]],
    ['everywhere', { N: 'bad', E: 'bad', R: 'bad', O: 'bad' }, ['image linux/amd64 linux/arm64 linux/s390x']],
    [
      'everywhere, nothing native but the reference',
      { N: 'none', E: 'bad', R: 'bad' },
      ['image linux/amd64 linux/arm64'],
    ],
    ['only emulated, never run natively', { N: 'none', E: 'bad', R: 'good' }, [`unattributed ${ARM}`]],
    [
      'only emulated, on several platforms',
      { N: 'none', E: 'bad', R: 'good', O: 'bad' },
      ['unattributed linux/arm64 linux/s390x'],
    ],
    [
      'the reference alone, others emulated',
      { N: 'none', E: 'good', R: 'bad', O: 'good' },
      ['unattributed linux/amd64'],
    ],
    [
      'the reference alone, another native agrees with the rest',
      { N: 'good', E: 'good', R: 'bad', O: 'good' },
      ['architecture linux/amd64'],
    ],
    [
      'the reference alone against its own emulated platform',
      { N: 'bad', E: 'good', R: 'none' },
      [`unattributed masked ${ARM}`],
    ],
    [
      'a native platform and the reference, others native are right',
      { N: 'bad', E: 'none', R: 'bad', M: 'good' },
      ['architecture linux/amd64 linux/arm64'],
    ],
    [
      'the reference and one emulated',
      { N: 'none', E: 'bad', R: 'bad', O: 'good' },
      ['unattributed linux/amd64', `unattributed ${ARM}`],
    ],
    [
      'emulated is right and the reference fails too',
      { N: 'good', E: 'bad', R: 'bad', O: 'good' },
      ['architecture linux/amd64', `emulation ${ARM}`],
    ],
  ])('%s', (_, row, expected) => expect(failWith(row)).toEqual(expected))

  test('two native hosts of one platform disagree', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true })
    log.target('linux/amd64')
    for (const host of ['a', 'b']) log.target('linux/arm64', { execution: 'native', host })
    log.check('one', (_, target) => ({ status: target.host === 'b' ? 'failed' : 'passed' }))
    expect(attribute(log).map(sayFinding)).toEqual([`unattributed ${ARM}`])
  })

  test('386 on an amd64 host runs natively: its failure is its own', () => {
    const log = new LogWriter(['linux/amd64', 'linux/386', 'linux/arm64'])
    log.check('one', platform => ({ status: platform === 'linux/386' ? 'failed' : 'passed' }))
    expect(attribute(log).map(sayFinding)).toEqual(['architecture linux/386'])
  })

  test('an image of one platform, native: the image; emulated: not decided', () => {
    for (const [platform, expected] of [
      ['linux/amd64', 'image linux/amd64'],
      ['linux/s390x', 'unattributed linux/s390x'],
    ] as const) {
      const log = new LogWriter([platform])
      log.check('one', () => ({ status: 'failed' }))
      expect(attribute(log).map(sayFinding)).toEqual([expected])
    }
  })

  test('one of several platforms, the only one that could run: not decided', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true })
    log.target('linux/amd64')
    log.check('one', () => ({ status: 'failed' }))
    expect(attribute(log).map(sayFinding)).toEqual(['unattributed linux/amd64'])
  })

  test('targets without a verdict do not count', () => {
    const log = new LogWriter(['linux/amd64', 'linux/386', 'linux/arm64', 'linux/s390x'])
    const statuses = { 'linux/386': 'skipped', 'linux/arm64': 'failed', 'linux/s390x': 'failed' } as const
    log.check('one', platform => ({ status: statuses[platform as 'linux/386'] ?? 'failed' }))
    expect(attribute(log).map(sayFinding)).toEqual(['image linux/amd64 linux/arm64 linux/s390x'])
  })
})

describe('differences of values follow the same table', () => {
  test.each<[string, Row, string[]]>([
    ['nothing differs', { N: 'good', E: 'good', R: 'good' }, []],
    ['only emulated', { N: 'good', E: 'bad', R: 'good' }, [`emulation ${ARM}`]],
    ['only natively', { N: 'bad', E: 'good', R: 'good' }, [`architecture masked ${ARM}`]],
    ['native and emulated', { N: 'bad', E: 'bad', R: 'good', O: 'good' }, [`architecture ${ARM}`]],
    ['native, not emulated at all', { N: 'bad', E: 'none', R: 'good' }, [`architecture ${ARM}`]],
    ['emulated, never run natively', { N: 'none', E: 'bad', R: 'good', O: 'good' }, [`unattributed ${ARM}`]],
    [
      'one emulated platform against the reference',
      { N: 'none', E: 'bad', R: 'good' },
      [`unattributed ${ARM}`],
    ],
    [
      'the reference alone, all others emulated',
      { N: 'none', E: 'good', R: 'bad', O: 'good' },
      ['unattributed linux/amd64'],
    ],
    [
      'the reference alone, another native agrees with the rest',
      { N: 'good', E: 'none', R: 'bad', O: 'good' },
      ['architecture linux/amd64'],
    ],
  ])('%s', (_, row, expected) => expect(differWith(row)).toEqual(expected))

  test('the reference alone against emulated platforms: the advice says that it may be the others', () => {
    const { log } = plan({ N: 'none', E: 'good', R: 'good', O: 'good' })
    log.check('one', (_, target) => ({
      observations: [command('app', { stdout: target.reference ? 'a' : 'b' })],
    }))
    const [finding] = attribute(log)
    expect(finding?.advice).toContain('An emulator can hide a fault that every platform has')
    expect(finding?.evidence[0]?.text).toBe('stdout of `app`: "a"; on linux/arm64: "b"')
  })

  test('a difference on a target that failed belongs to the failure', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    log.check('one', platform => ({
      status: platform === 'linux/arm64' ? 'failed' : 'passed',
      observations: [command('app', { stdout: platform === 'linux/arm64' ? 'bad' : 'good' })],
    }))
    expect(attribute(log).map(finding => finding.kind)).toEqual(['failure'])
  })
})

/** Every row of the grid, legs of a CPU model included. */
const ROWS: readonly Row[] = (() => {
  const outcomes = ['good', 'bad', 'none'] as const
  const rows: Row[] = []
  for (const R of outcomes)
    for (const N of outcomes)
      for (const E of outcomes)
        for (const O of outcomes)
          for (const M of outcomes) for (const C of outcomes) rows.push({ R, N, E, O, M, C })
  return rows
})()

/** Attributing is pure, and several tests ask for the same row. */
function remember(find: (row: Row) => Finding[]): (row: Row) => Finding[] {
  const known = new Map<string, Finding[]>()
  return row => {
    const key = show(row)
    const findings = known.get(key) ?? find(row)
    known.set(key, findings)
    return findings
  }
}
const findFailuresOnce = remember(findFailures)
const findDifferencesOnce = remember(findDifferences)

const LEG = 'linux/arm64 emulated cortex-a72@local'
const isOfLeg = (finding: Finding) => finding.targets.length === 1 && finding.targets[0] === LEG
const isOn = (finding: Finding) => finding.platforms.includes(ARM) && !isOfLeg(finding)
/** Equal for equal rows, whatever the order of their cells. */
const show = ({ R, N, E, O, M, C }: Row) => JSON.stringify({ R, N, E, O, M, C })

/** What the grid of `docs/attribution.md` says of linux/arm64, in other words than the code's; undefined: nothing. */
function expectFor(row: Row): { cause: string; masked: boolean } | undefined {
  const main = [row.R, row.N, row.E, row.O, row.M]
  const isBad = row.N === 'bad' || row.E === 'bad'
  if (!isBad) return undefined
  if (!main.includes('good')) {
    const platforms = [row.R, row.N === 'bad' ? 'bad' : row.E, row.O, row.M].filter(one => one === 'bad')
    return { cause: platforms.length > 1 ? 'image' : 'unattributed', masked: false }
  }
  if (row.N === 'good') return { cause: 'emulation', masked: false }
  if (row.N === 'none') return { cause: 'unattributed', masked: false }
  const isNativeRight = row.R === 'good' || row.M === 'good'
  const noOtherNative = row.R === 'none' && row.M === 'none'
  return {
    cause: isNativeRight ? 'architecture' : 'unattributed',
    masked: row.E === 'good' && (isNativeRight || noOtherNative),
  }
}

describe('the whole grid', () => {
  test('failures: each row gives what the documentation says', () => {
    for (const row of ROWS) {
      const found = findFailuresOnce(row).filter(isOn)
      const expected = expectFor(row)
      expect(
        found.map(one => ({ cause: one.cause, masked: isMasked(one) })),
        show(row),
      ).toEqual(expected === undefined ? [] : [expected])
    }
  })

  test('values that differ: the same, wherever it is clear who deviates', () => {
    for (const row of ROWS) {
      const platforms = (outcome: Outcome) =>
        [row.R, row.O, row.M].filter(one => one === outcome).length +
        (row.N === outcome || row.E === outcome ? 1 : 0)
      if (row.R !== 'good' || (platforms('good') === 1 && platforms('bad') > 1)) continue
      const found = findDifferencesOnce(row).filter(isOn)
      const expected = expectFor(row)
      expect(
        found.map(one => ({ cause: one.cause, masked: isMasked(one) })),
        show(row),
      ).toEqual(expected === undefined ? [] : [expected])
    }
  })

  test('a leg never changes what is said of the others, and speaks where it alone is bad', () => {
    for (const row of ROWS) {
      const findings = findFailuresOnce(row)
      const without = findFailuresOnce({ ...row, C: 'none' })
      const others = findings.filter(finding => !isOfLeg(finding))
      expect(
        others.map(one => [one.key, sayFinding(one), one.title, one.advice]),
        show(row),
      ).toEqual(without.map(one => [one.key, sayFinding(one), one.title, one.advice]))
      const own = findings.filter(isOfLeg)
      if (row.C !== 'bad') expect(own, show(row)).toEqual([])
      else if (row.E === 'bad' || (row.E === 'none' && row.N === 'bad')) expect(own, show(row)).toEqual([])
      else if (row.E === 'good' && !others.some(isMasked)) {
        expect(own, show(row)).toMatchObject([{ cause: 'architecture', platforms: [ARM] }])
        expect(own[0]?.title).toBe('"one" on linux/arm64 needs more than cortex-a72')
      }
    }
  })

  test('every bad target is in a finding, nothing else is, and no two findings share a key', () => {
    for (const row of ROWS) {
      const { outcomes } = plan(row)
      for (const findings of [findFailuresOnce(row), findDifferencesOnce(row)]) {
        expect(new Set(findings.map(finding => finding.key)).size, show(row)).toBe(findings.length)
        for (const finding of findings) expect(finding.targets.length, show(row)).toBeGreaterThan(0)
      }
      const bad = [...outcomes].filter(([, outcome]) => outcome === 'bad').map(([id]) => id)
      const told = new Set(findFailuresOnce(row).flatMap(finding => finding.targets))
      expect([...told].sort(), show(row)).toEqual(bad.sort())
    }
  })

  test('what emulation hides is always the first finding', () => {
    for (const row of ROWS) {
      const masked = findFailuresOnce(row).map(isMasked)
      expect(masked.indexOf(true), show(row)).toBeLessThanOrEqual(0)
    }
  })
})

describe('several hosts of one platform', () => {
  /** linux/arm64 natively on one host, or on two that share the checks; with an emulated target and the reference. */
  function write(shared: boolean, row: Row, seed: number): Finding[] {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
      unplanned: true,
      hosts: ['local', 'pi1', 'pi2'],
    })
    log.target('linux/amd64')
    const label = 'linux/arm64 (native)'
    for (const host of shared ? ['pi1', 'pi2'] : ['pi1'])
      log.target('linux/arm64', { execution: 'native', host, label })
    log.target('linux/arm64')
    const checks = ['one', 'two', 'three', 'four', 'five']
    for (const [index, name] of checks.entries()) {
      const host = (seed >> index) % 2 === 0 ? 'pi1' : 'pi2'
      log.check(name, (_, target) => {
        if (shared && target.execution === 'native' && target.host !== 'local' && target.host !== host)
          return { absent: true }
        const role = target.reference ? 'R' : target.execution === 'native' ? 'N' : 'E'
        const isBad = row[role] === 'bad' && index % 2 === 0
        return {
          status: isBad ? 'failed' : 'passed',
          observations: [command(`app ${name}`, isBad ? { exitCode: 1 } : {})],
        }
      })
    }
    return attribute(log)
  }

  test('that share the checks give the same findings as one host', () => {
    const rows = ROWS.filter(row => row.O === 'none' && row.M === 'none' && row.C === 'none')
    for (const row of rows.filter(one => ![one.R, one.N, one.E].includes('none')))
      for (const seed of [0, 5, 10, 19, 31]) {
        const say = (finding: Finding) => [finding.key, finding.cause, finding.title, finding.advice]
        expect(write(true, row, seed).map(say), `${show(row)} ${seed}`).toEqual(
          write(false, row, seed).map(say),
        )
      }
  })

  test('checks of one reason that two hosts ran are one finding that names both', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
      unplanned: true,
      hosts: ['local', 'pi1', 'pi2'],
    })
    log.target('linux/amd64')
    log.target('linux/arm64')
    for (const host of ['pi1', 'pi2'])
      log.target('linux/arm64', { execution: 'native', host, label: `linux/arm64 (${host})` })
    for (const [name, host] of [
      ['one', 'pi1'],
      ['two', 'pi2'],
    ] as const)
      log.check(name, (_, target) => {
        if (target.host === 'local') return { observations: [command('app')] }
        if (target.host !== host) return { absent: true }
        return { status: 'failed', observations: [command('app', { exitCode: 139, signal: 'SIGSEGV' })] }
      })
    expect(attribute(log).map(finding => finding.title)).toEqual([
      '2 checks fail on linux/arm64 (pi1) and linux/arm64 (pi2) (masked by emulation)',
    ])
  })
})
