import { stripVTControlCharacters } from 'node:util'
import picocolors from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/events.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { truncateMiddle, wrap } from '../../src/report/terminal/layout.js'
import { renderTerminal } from '../../src/report/terminal/render-terminal.js'
import { LogWriter } from './factory.js'
import { writeFaultyRun, writeHealthyRun, writeHostileRun, writeRemoteRun } from './scenarios.js'

const REPORTS = ['reports/run.jsonl', 'reports/junit.xml', 'reports/report.json']
function render(events: readonly LoggedEvent[], width = 80, colored = false): string {
  return renderTerminal(buildRunReport(events), {
    colors: picocolors.createColors(colored),
    width,
    reports: REPORTS,
  })
}

describe('renderTerminal', () => {
  test.each([80, 140])('a faulty run at %i columns', async width => {
    await expect(render(writeFaultyRun(), width)).toMatchFileSnapshot(`fixtures/faulty.${width}.txt`)
  })

  test('a healthy run', async () => {
    await expect(render(writeHealthyRun())).toMatchFileSnapshot('fixtures/healthy.80.txt')
  })

  test('a run on several hosts', async () => {
    await expect(render(writeRemoteRun(), 100)).toMatchFileSnapshot('fixtures/remote.100.txt')
  })

  test('tells each host once, and each target with its host and how it runs', () => {
    const text = render(writeRemoteRun(), 100)
    expect(text).toMatch(/^linux\/arm64 \(pi2\) +sha256:\w+ +native on pi2$/m)
    expect(text).toMatch(
      /^linux\/arm64 \(cortex-a72\) +sha256:\w+ +emulated by qemu-aarch64 7\.2\.22 as cortex-a72 on\n +local$/m,
    )
    expect(text).toMatch(/^ {2}moves +✓ +· +✓ +✓ +✓$/m)
    expect(text).toContain('· ran on another host of the platform')
    expect(text).toMatch(/^host pi2 +Docker 28\.1\.1, kernel 6\.6\.20-v8 \(arm64\), ssh:\/\/root@pi2$/m)
    expect(text).toContain('! host pi1 was lost during the run: the connection was reset')
    expect(text).toContain('! host z15 could not be reached: its key is not known')
    expect(text).toMatch(/^ +amd64 arm64 arm64 +arm64 +arm64\n +pi1 +pi2 +emulated cortex-a72$/m)
    expect(text).toMatch(/^1\. architecture: .*$/m)
    expect(text.indexOf('(masked by emulation)')).toBeLessThan(text.indexOf('2. '))
  })

  test('checks that hosts share and that passed are one row', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
      unplanned: true,
      hosts: ['local', 'pi1', 'pi2', 'pi3'],
    })
    log.target('linux/amd64')
    for (const host of ['pi1', 'pi2', 'pi3']) log.target('linux/arm64', { execution: 'native', host })
    for (let number = 0; number < 8; number += 1)
      log.check(`check ${number}`, (_, { host }) => ({
        absent: host !== 'local' && host !== (number % 2 === 0 ? 'pi1' : 'pi2'),
      }))
    expect(render(log.finish(), 120)).toMatch(/^ {2}all 8 checks +✓ +✓ +✓ +·$/m)
  })

  test('colour changes nothing but colour', () => {
    const colored = render(writeFaultyRun(), 80, true)
    expect(colored).not.toBe(render(writeFaultyRun()))
    expect(stripVTControlCharacters(colored)).toBe(render(writeFaultyRun()))
  })

  test.each([60, 80, 100, 140])('stays within %i columns, but for what is to be copied', width => {
    // A word stays whole, so that a path can be copied; so does a command.
    const isLongWord = (line: string) =>
      line
        .trim()
        .split(' ')
        .some(word => [...word].length > width - 16)
    for (const events of [writeFaultyRun(), writeHealthyRun(), writeHostileRun(), writeRemoteRun()]) {
      const wide = render(events, width)
        .split('\n')
        .filter(line => [...line].length > width)
      expect(wide.filter(line => !/docker (?:--host \S+ )?run/.test(line) && !isLongWord(line))).toEqual([])
    }
  })

  test('many targets get letters that the list of targets explains', () => {
    const hosts = Array.from({ length: 30 }, (_, index) => `machine-${index}`)
    const log = new LogWriter(['linux/amd64'], { unplanned: true, hosts })
    for (const host of hosts) log.target('linux/amd64', { host, reference: host === 'machine-0' })
    log.check('a check', (_, target) => ({ status: target.host === 'machine-27' ? 'failed' : 'passed' }))
    const text = render(log.finish(), 160)
    expect(text).toMatch(/^B1 +linux\/amd64 native@machine-27 /m)
    expect(text).toMatch(/ A {2,}B .* Z +A1 +B1/)
    expect(text).toMatch(/a check .*✗/)
  })

  test('what an image writes is shown, never obeyed', () => {
    const text = render(writeHostileRun())
    expect(/(?!\n)\p{Cc}/u.test(text)).toBe(false)
    expect(text).toContain('\\x1b[31mred')
    expect(text).toContain('\\u202etxt')
    expect(text).not.toContain('\u202e')
  })

  test('what could not be loaded, read or run is told', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    const message = 'Unexpected token (suites/b.suite.ts:3:1)'
    for (const target of log.targets)
      log.add({
        type: 'suite-errored',
        target: target.id,
        pass: 'main',
        file: 'suites/b.suite.ts',
        code: 'suite-broken',
        message,
      })
    const report = buildRunReport(log.finish(), ['line 7: not JSON'])
    const text = renderTerminal(report, { colors: picocolors.createColors(false), width: 80 })
    expect(text).toContain(`! suites/b.suite.ts: ${message}`)
    expect(text).toContain('Event log damaged: line 7: not JSON')
    expect(text).toMatch(/^Not usable: suite suites\/b\.suite\.ts cannot be loaded/m)
  })

  test('a check is marked as foreign only where it ran the foreign program', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    for (const name of ['one', 'two']) log.check(name, () => ({}))
    const ran = {
      type: 'program-executed',
      pass: 'main',
      program: '/x',
      machine: 'amd64',
      expected: false,
    } as const
    log.add({ ...ran, target: 'linux/arm64 emulated@local', check: 'suites/app.suite.ts > one' })
    log.add({ ...ran, target: 'linux/s390x emulated@local', check: 'suites/app.suite.ts > two' })
    const text = render(log.finish())
    expect(text).toMatch(/^ {2}one +✓ +▲ +✓$/m)
    expect(text).toMatch(/^ {2}two +✓ +✓ +▲$/m)
  })

  test('says when noise could not be learned', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], { noise: false })
    log.check('a', () => ({}))
    expect(render(log.finish())).toContain('Noise was not learned: the reference ran its suites once')
    const pass = {
      target: 'linux/amd64 native@local',
      pass: 'noise',
      file: 'x',
      code: 'worker-lost',
    } as const
    log.add({ type: 'suite-errored', ...pass, message: 'killed' })
    expect(render(log.finish())).toContain('Noise was not learned: x: killed')
    expect(render(writeHealthyRun())).not.toContain('Noise')
  })

  test('an empty log gives a verdict', () => expect(render([])).toContain('Incomplete: '))
})

test('wrap and truncateMiddle keep to their widths', () => {
  expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc'])
  expect(wrap('longer than', 3)).toEqual(['longer', 'than'])
  expect(['abcdefgh', 'abcd', 'é☃😀xyz'].map(text => truncateMiddle(text, 5))).toEqual([
    'ab…gh',
    'abcd',
    'é☃…yz',
  ])
  expect([truncateMiddle('abc', 1), truncateMiddle('abc', 2)]).toEqual(['…', 'a…'])
})
