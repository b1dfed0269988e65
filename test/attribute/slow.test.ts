import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { renderJunit } from '../../src/report/junit/render-junit.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { renderTerminal } from '../../src/report/terminal/render-terminal.js'
import { type Behaviour, command, LogWriter } from '../report/factory.js'

/** Milliseconds that each of the other checks, and the one in question, take on a platform. */
type Times = Readonly<Record<string, readonly [usual: number, special: number]>>

function run(times: Times, more: { again?: number; others?: number; behaviour?: Behaviour } = {}) {
  const log = new LogWriter(['linux/amd64', 'linux/386', 'linux/s390x'])
  const take = (ms: number | undefined): Behaviour => ({
    observations: [command('work', { durationMs: ms ?? 10 })],
  })
  for (let index = 0; index < (more.others ?? 6); index += 1)
    log.check(`usual ${index}`, platform => take(times[platform]?.[0]))
  const behave = (platform: string) => ({
    ...take(times[platform]?.[1]),
    ...(platform === 'linux/amd64' ? {} : more.behaviour),
  })
  log.check('special', behave, more.again === undefined ? {} : { noise: take(more.again) })
  return buildRunReport(log.finish())
}
const slow = (...given: Parameters<typeof run>) =>
  run(...given)
    .findings.filter(one => one.kind === 'slow')
    .map(one => one.platforms.join())

describe('a check that is an outlier of its own target is told', () => {
  test('natively, from five times the usual on', () => {
    expect(slow({ 'linux/amd64': [10, 1000], 'linux/386': [10, 5100] })).toEqual(['linux/386'])
    expect(slow({ 'linux/amd64': [10, 1000], 'linux/386': [10, 4900] })).toEqual([])
  })

  test('under emulation only beyond what an emulator explains', () => {
    expect(slow({ 'linux/amd64': [10, 500], 'linux/s390x': [20, 19_000] })).toEqual([])
    expect(slow({ 'linux/amd64': [10, 500], 'linux/s390x': [20, 21_000] })).toEqual(['linux/s390x'])
  })

  test('judged by the median where the whole target is slow', () => {
    expect(slow({ 'linux/amd64': [10, 1000], 'linux/s390x': [200, 90_000] })).toEqual([])
    expect(slow({ 'linux/amd64': [10, 1000], 'linux/s390x': [200, 110_000] })).toEqual(['linux/s390x'])
  })
})

describe('it is not told', () => {
  const far: Times = { 'linux/amd64': [10, 1000], 'linux/386': [10, 60_000] }

  test.each<[string, Times, Parameters<typeof run>[1]]>([
    ['of short times, which are made of chance', { 'linux/amd64': [1, 1], 'linux/386': [1, 2200] }, {}],
    ['where the reference took long in its second pass', far, { again: 20_000 }],
    ['of a few checks', far, { others: 3 }],
    ['of a check that failed', far, { behaviour: { status: 'failed' } }],
    ['of a check that was tried again', far, { behaviour: { flaky: true } }],
    ['of a check that did something else there', far, { behaviour: { observations: [] } }],
  ])('%s', (_, times, more) => {
    expect(slow(times, more)).toEqual([])
  })
})

test('it is a warning with its numbers, and fails nothing', () => {
  const report = run({ 'linux/amd64': [10, 1000], 'linux/386': [20, 60_000] })
  expect(report.verdict.outcome).toBe('parity')
  expect(report.findings[0]).toMatchObject({
    kind: 'slow',
    cause: 'unattributed',
    title: '"special" is far slower on linux/386',
    evidence: [
      {
        kind: 'duration',
        text: "took 60.0 s, 60 times the reference's 1.00 s; its other checks take 2 times as long",
        data: { severity: 'warning', ms: 60_000, referenceMs: 1000, ratio: 60, median: 2, usual: 2 },
      },
    ],
  })
  const terminal = renderTerminal(report, { width: 100, colors: pc.createColors(false) })
  expect(terminal).toContain('1. warning: "special" is far slower on linux/386')
  const junit = renderJunit(report)
  expect(junit).toContain('warning: "special" is far slower on linux/386')
  expect(junit).not.toContain('<failure')
})
