import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { isMasked } from '../../src/attribute/draft.js'
import { ruleOnPlatforms } from '../../src/attribute/table.js'
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
}

const PLACES: readonly [keyof Row, string, Partial<Parameters<LogWriter['target']>[1]>][] = [
  ['R', 'linux/amd64', {}],
  ['N', 'linux/arm64', { execution: 'native', host: 'arm' }],
  ['E', 'linux/arm64', {}],
  ['O', 'linux/s390x', {}],
  ['M', 'linux/ppc64le', { execution: 'native', host: 'power' }],
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
  const { log, outcomes } = plan(row)
  log.check('one', (_, target) =>
    outcomes.get(target.id) === 'bad'
      ? { status: 'failed', observations: [command('app', { exitCode: 1 })] }
      : { observations: [command('app')] },
  )
  return attribute(log).map(sayFinding)
}

/** The same where the check passes and what it saw differs. */
function differWith(row: Row): string[] {
  const { log, outcomes } = plan(row)
  const see = (target: Target) =>
    command('app', { stdout: outcomes.get(target.id) === 'bad' ? 'bad' : 'good' })
  log.check('one', (_, target) => ({ observations: [see(target)] }))
  return attribute(log).map(sayFinding)
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

test('ruleOnPlatforms: exhaustive over three targets and three outcomes, every bad platform gets a ruling', () => {
  const { log } = plan({ N: 'good', E: 'good', R: 'good' })
  const outcomes = ['good', 'bad', 'none'] as const
  for (const R of outcomes)
    for (const N of outcomes)
      for (const E of outcomes) {
        const states = [R, N, E]
        const decided = new Map(
          log.targets.flatMap((target, index) => {
            const state = states[index]
            return state === undefined || state === 'none' ? [] : [[target.id, state] as const]
          }),
        )
        const rulings = ruleOnPlatforms(log.targets, decided)
        const bad = log.targets
          .filter(target => decided.get(target.id) === 'bad')
          .map(target => target.platform.architecture)
        expect([...rulings.keys()].sort(), `${R} ${N} ${E}`).toEqual(
          [...new Set(bad)].map(name => `linux/${name}`).sort(),
        )
      }
})
