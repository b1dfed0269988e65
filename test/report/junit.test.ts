import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/events.js'
import { renderJunit } from '../../src/report/junit/render-junit.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { LogWriter, makeDigest } from './factory.js'
import { writeFaultyRun, writeHealthyRun, writeHostileRun, writeRemoteRun } from './scenarios.js'

interface ReadCase {
  classname: string
  name: string
  result: 'passed' | 'failure' | 'error' | 'skipped'
  message: string | null
  type: string | null
  text: string | null
  out: string | null
}
interface ReadReport {
  counts: Record<'tests' | 'failures' | 'errors' | 'skipped', number>
  suites: {
    name: string
    timestamp: string
    counts: ReadReport['counts']
    properties: Record<string, string>
    cases: ReadCase[]
  }[]
}

const locate = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const render = (events: readonly LoggedEvent[]) => renderJunit(buildRunReport(events))

/** Validates with xmllint against the schema, then reads with Python's parser. */
async function read(xml: string): Promise<ReadReport> {
  await execa('xmllint', ['--noout', '--schema', locate('junit.xsd'), '-'], { input: xml })
  const { stdout } = await execa('python3', [locate('read-junit.py')], { input: xml })
  return JSON.parse(stdout) as ReadReport
}

function count(cases: readonly ReadCase[]): ReadReport['counts'] {
  const number = (result: ReadCase['result']) => cases.filter(one => one.result === result).length
  return {
    tests: cases.length,
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped'),
  }
}

describe('renderJunit', () => {
  test('a healthy run: a suite for each target and one that compares them, all green', async () => {
    const report = await read(render(writeHealthyRun()))
    expect(report.suites.map(suite => suite.name)).toEqual([
      'linux/amd64',
      'linux/386',
      'linux/arm64',
      'linux/arm/v7',
      'linux/ppc64le',
      'linux/s390x',
      'comparison',
    ])
    expect(report.counts).toEqual({ tests: 70, failures: 0, errors: 0, skipped: 0 })
    expect(report.suites[2]?.timestamp).toBe('2026-03-01T12:00:00')
    expect(report.suites[2]?.properties).toMatchObject({
      platform: 'linux/arm64',
      execution: 'emulated',
      emulator: 'qemu-aarch64',
      'emulator-version': '7.2.22',
      host: 'local',
      kernel: '6.1.0-18-amd64',
      engine: 'Docker 20.10.24',
      reference: 'false',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      index: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(report.suites[0]?.cases[0]).toMatchObject({
      classname: 'linux/amd64.suites/app.suite.ts',
      name: 'check 1',
      out: '$ echo 1\nexit: 0\nstdout:\n  1',
    })
  })

  test('a faulty run: failures and errors where they belong, and right counts', async () => {
    const report = await read(render(writeFaultyRun()))
    for (const suite of report.suites) expect(suite.counts, suite.name).toEqual(count(suite.cases))
    expect(report.counts).toEqual(count(report.suites.flatMap(suite => suite.cases)))
    const find = (suite: string, name: string) =>
      report.suites.find(one => one.name === suite)?.cases.find(one => one.name === name)
    expect(find('linux/arm64', 'starts')).toMatchObject({
      result: 'failure',
      type: 'assertion',
      message: 'expected 132 to be 0',
    })
    expect(find('linux/arm64', 'starts')?.text).toContain('+ 132')
    expect(find('linux/ppc64le', 'runs the tool')).toMatchObject({ result: 'failure', type: 'guard' })
    expect(find('linux/386', 'is not for here')).toMatchObject({
      result: 'skipped',
      out: 'skipped: only with a GPU',
    })
    expect(find('linux/386', 'changes its mind')?.out).toContain('attempts: 2, passed on a retry')
    const difference = find('comparison', 'prints its version')
    expect(difference).toMatchObject({ result: 'failure', message: 'differs: stdout of app --version' })
    expect(difference?.text).toContain('linux/s390x, and differ:\n  - app 1.0\n  + app 0.9')
    expect(find('coverage', 'linux/mips64le')).toMatchObject({ result: 'error', type: 'no-handler' })
    expect(find('coverage', 'linux/riscv64')).toMatchObject({ result: 'skipped' })
    const titles = report.suites
      .find(one => one.name === 'comparison')
      ?.cases.filter(one => one.classname === 'comparison.findings')
    expect(titles?.map(one => one.type)).toEqual(['guard', 'flaky'])
  })

  test('what an image writes cannot break the document', async () => {
    const report = await read(render(writeHostileRun()))
    const cases = report.suites[1]?.cases ?? []
    expect(cases.map(one => one.name)).toContain('name ab')
    expect(cases.map(one => one.name)).toContain('name ab (2)')
    expect(cases[0]?.result === 'error' || cases[1]?.result === 'error' || cases[2]?.result === 'error').toBe(
      true,
    )
    const hostile = cases.find(one => one.result === 'error')
    expect(hostile?.message).toContain(']] > <script>&amp;')
    expect(hostile?.out).toContain('a\\x00bred ]] > <script>')
    expect(hostile?.out).not.toContain('[31m')
  })

  test('tells a thrown error, the infrastructure and a missing verdict apart from an assertion', async () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('throws', () => ({
      status: 'failed',
      errors: [{ kind: 'exception', message: 'x is not a function' }],
    }))
    log.check('times out', () => ({ status: 'failed', errors: [{ kind: 'timeout', message: 'after 5 s' }] }))
    log.check('has no engine', () => ({
      status: 'errored',
      errors: [{ kind: 'infrastructure', code: 'ENGINE_LOST', message: 'gone' }],
    }))
    log.check('never ends', platform => ({ unfinished: platform === 'linux/arm64' }))
    const report = await read(render(log.finish('interrupted')))
    const arm = report.suites[1]?.cases.map(one => [one.name, one.result, one.type])
    expect(arm).toEqual([
      ['has no engine', 'error', 'infrastructure'],
      ['never ends', 'error', 'inconclusive'],
      ['throws', 'error', 'exception'],
      ['times out', 'error', 'timeout'],
    ])
    expect(report.suites.at(-1)?.cases).toMatchObject([
      { name: 'run', result: 'error', message: 'the run was interrupted' },
    ])
  })

  test('a run on several hosts: what emulation hides first, then a suite for each target', async () => {
    const report = await read(render(writeRemoteRun()))
    expect(report.suites.map(suite => suite.name)).toEqual([
      'masked by emulation',
      'linux/amd64',
      'linux/arm64 (pi1)',
      'linux/arm64 (pi2)',
      'linux/arm64 (emulated)',
      'linux/arm64 (cortex-a72)',
      'comparison',
      'coverage',
    ])
    expect(report.suites[0]?.cases).toMatchObject([
      {
        classname: 'masked.failure',
        result: 'failure',
        type: 'masked by emulation',
        message: 'architecture: "dies on the pi" fails on linux/arm64 (pi1) (masked by emulation)',
      },
    ])
    expect(report.suites[3]?.properties).toMatchObject({
      host: 'pi2',
      execution: 'native',
      cpu: 'Cortex-A72',
      slowdown: '4',
      kernel: '6.6.20-v8',
      engine: 'Docker 28.1.1',
      endpoint: 'ssh://root@pi2',
    })
    expect(report.suites[5]?.properties).toMatchObject({
      host: 'local',
      execution: 'emulated',
      cpu: 'cortex-a72',
      'emulator-flags': 'PF',
    })
    const moved = report.suites[2]?.cases.find(one => one.name === 'moves')
    expect(moved).toMatchObject({
      result: 'skipped',
      out: expect.stringContaining('ran on host pi2, because host pi1 was lost'),
    })
    expect(report.suites.at(-1)?.cases).toMatchObject([
      { name: 'pi1', result: 'passed', out: expect.stringContaining('its checks ran on pi2') },
      { name: 'z15', result: 'error', type: 'HOST_KEY', text: expect.stringContaining('Accept its key') },
    ])
  })

  test('suites have different names even where labels are the same, or one of our own', async () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true, hosts: ['local', 'b'] })
    log.target('linux/amd64', { label: 'linux/amd64' })
    log.target('linux/amd64', { host: 'b', label: 'linux/amd64' })
    log.target('linux/arm64', { label: 'comparison' })
    log.check('works', () => ({}))
    const names = (await read(render(log.finish()))).suites.map(suite => suite.name)
    expect(names).toEqual([
      'linux/amd64',
      'linux/amd64 native@local',
      'linux/arm64 emulated@local',
      'comparison',
    ])
  })

  test('a suite that gave no checks is an error on its target', async () => {
    const log = new LogWriter(['linux/amd64'])
    const message = 'SyntaxError: Unexpected token'
    const target = log.targets[0]?.id ?? ''
    log.add({
      type: 'suite-errored',
      target,
      pass: 'main',
      file: 'suites/broken.suite.ts',
      code: 'suite-broken',
      message,
    })
    const report = await read(render(log.finish()))
    expect(report.suites[0]?.cases).toMatchObject([
      { name: 'suites/broken.suite.ts', result: 'error', type: 'suite-broken' },
    ])
  })

  test('the static audit: a case that tells what was read, and a failure for each fault', async () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    for (const platform of ['linux/amd64', 'linux/arm64']) {
      const digest = makeDigest(platform)
      const figures = { layers: 2, files: 30, bytes: 1, elfFiles: 4, packages: { dpkg: 9 } }
      log.add({ type: 'platform-audited', summary: { platform, digest, ...figures } })
    }
    const fault = {
      key: 'foreign-elf:linux/arm64:1',
      rule: 'foreign-elf',
      severity: 'error' as const,
      title: '\u001b[31m/usr/bin/]]>app is a <program> for amd64',
      platforms: ['linux/arm64'],
      paths: ['/usr/bin/]]>app'],
      pathCount: 1,
      evidence: [{ platform: 'linux/arm64', text: 'machine 62\u0000' }],
      advice: 'Build it.',
    }
    log.add({ type: 'audit-finding', finding: fault })
    log.add({
      type: 'audit-finding',
      finding: { ...fault, key: 'note', severity: 'note', rule: 'layers-differ' },
    })
    log.add({ type: 'audit-finished', durationMs: 1500, layers: { read: 4, cached: 0 } })
    log.check('works', () => ({}))
    const audit = (await read(render(log.finish()))).suites.find(suite => suite.name === 'audit')
    expect(audit?.counts).toEqual({ tests: 2, failures: 1, errors: 0, skipped: 0 })
    expect(audit?.cases[0]).toMatchObject({ classname: 'audit.layers', result: 'passed' })
    expect(audit?.cases[0]?.out).toContain('linux/arm64: 2 layers, 30 files, 4 of them ELF, 9 dpkg packages')
    expect(audit?.cases[1]).toMatchObject({
      classname: 'audit.foreign-elf',
      result: 'failure',
      type: 'foreign-elf',
    })
    expect(audit?.cases[1]?.message).toContain('app is a <program> for amd64')
  })

  test('an audit that did not finish is an error', async () => {
    const log = new LogWriter(['linux/amd64'])
    const error = { code: 'REGISTRY_FAILED', message: 'the registry answered 503' }
    log.add({ type: 'audit-finished', durationMs: 1, layers: { read: 0, cached: 0 }, error })
    const audit = (await read(render(log.finish()))).suites.find(suite => suite.name === 'audit')
    expect(audit?.cases).toMatchObject([{ result: 'error', message: 'the registry answered 503' }])
  })

  test('an empty log is a valid document that is not green', async () => {
    const report = await read(render([]))
    expect(report.counts.errors).toBe(1)
  })

  test('the same events give the same bytes', async () => {
    const xml = render(writeFaultyRun())
    expect(render(writeFaultyRun())).toBe(xml)
    await expect(xml).toMatchFileSnapshot('fixtures/faulty.junit.xml')
  })
})
