import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { isMasked } from '../../src/attribute/draft.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { Finding } from '../../src/model/finding.js'
import { type Behaviour, command, LogWriter, makeDigest, type TargetOptions } from '../report/factory.js'

const LATE = 'app did not end within 60 s and was killed'
const timeOut = (stderr = ''): Behaviour => ({
  status: 'failed',
  errors: [{ kind: 'timeout', code: 'COMMAND_TIMEOUT', message: LATE }],
  observations: [command('app', { exitCode: null, timedOut: true, durationMs: 60_000, stderr })],
})
const GOOD: Behaviour = { observations: [command('app', { durationMs: 300 })] }
const WRONG: Behaviour = { status: 'failed', observations: [command('app', { exitCode: 1 })] }

/** The reference, then a native and an emulated target of linux/arm64, as far as they are given. */
function run(
  cells: { R?: Behaviour; N?: Behaviour; E?: Behaviour; C?: Behaviour },
  changes: { N?: TargetOptions; E?: TargetOptions; audited?: boolean } = {},
): Finding[] {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true, hosts: ['local', 'pi'] })
  const behaviours = new Map<string, Behaviour>([[log.target('linux/amd64').id, cells.R ?? GOOD]])
  if (cells.N !== undefined) {
    const options = { execution: 'native', host: 'pi', ...changes.N } as const
    behaviours.set(log.target('linux/arm64', options).id, cells.N)
  }
  if (cells.E !== undefined) behaviours.set(log.target('linux/arm64', changes.E ?? {}).id, cells.E)
  if (cells.C !== undefined) behaviours.set(log.target('linux/arm64', { cpu: 'cortex-a72' }).id, cells.C)
  log.check('one', (_, target) => behaviours.get(target.id) ?? {})
  if (changes.audited === true) addAudit(log)
  const record = buildRunRecord(log.finish())
  return attributeRun(record, compareRun(record))
}

/** The audit found `app` to be another one on linux/arm64, where the check started it. */
function addAudit(log: LogWriter): void {
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    const digest = makeDigest(platform)
    const summary = { platform, digest, layers: 1, files: 1, bytes: 1, elfFiles: 1, packages: {} }
    log.add({ type: 'platform-audited', summary })
  }
  const finding = {
    ...{ key: 'k', rule: 'content-differs' as const, severity: 'warning' as const, title: 't' },
    ...{ platforms: ['linux/arm64'], paths: ['/usr/bin/app'], pathCount: 1, evidence: [] },
    advice: 'Copy it from one place.',
  }
  log.add({ type: 'audit-finding', finding })
  log.add({ type: 'audit-finished', durationMs: 5, layers: { read: 2, cached: 0 } })
  const target = 'linux/arm64 emulated@local'
  log.add({ type: 'program-executed', target, pass: 'main', program: '/usr/bin/app', expected: true })
}

describe('a check that ran out of time', () => {
  test('far beyond its slowness, on a file that is another one there, is the architecture’s', () => {
    const causes = (slowdown: number) =>
      run({ E: timeOut() }, { E: { slowdown }, audited: true }).flatMap(({ kind, cause, advice }) =>
        kind === 'failure' ? [`${cause}: ${advice}`] : [],
      )
    expect(causes(8)).toEqual(['architecture: Copy it from one place.'])
    expect(causes(100)).toEqual([expect.stringMatching(/^unattributed: /)])
  })

  test('under emulation only: unattributed, with the limit and the slowness as data', () => {
    const [finding, ...rest] = run({ E: timeOut() }, { E: { slowdown: 100 } })
    expect(rest).toEqual([])
    expect(finding).toMatchObject({
      cause: 'unattributed',
      advice: expect.stringContaining('Give it more time'),
    })
    expect(finding?.evidence.find(one => one.data?.afterMs !== undefined)).toEqual({
      kind: 'timeout',
      target: 'linux/arm64 emulated@local',
      text: 'stopped after 60.0 s; it took 0.3 s on linux/amd64; programs take 100.0 times as long here',
      data: { afterMs: 60_000, healthyMs: 300, slowdown: 100, moreThanSlowness: false },
    })
  })

  test('with far more time than its slowness explains it may hang, as emulators do', () => {
    const [finding] = run({ E: timeOut() }, { E: { slowdown: 8 } })
    expect(finding?.cause).toBe('unattributed')
    expect(finding?.advice).toContain('far more than its slowness explains, so it may hang')
    expect(finding?.advice).toContain('lock whose owner died')
    const unknown = run({ E: timeOut() })
    expect(unknown[0]?.advice).toContain('Give it more time')
  })

  test('under emulation and right natively it is the emulator’s doing', () =>
    expect(run({ N: GOOD, E: timeOut() })).toMatchObject([{ cause: 'emulation' }]))

  test('a crash that then hangs is told as a crash', () => {
    const [finding] = run({ E: timeOut('qemu: uncaught target signal 11 (Segmentation fault)\n') })
    expect(finding).toMatchObject({ cause: 'unattributed' })
    expect(finding?.evidence[0]?.data).toMatchObject({ signature: 'uncaught-signal' })
    expect(finding?.advice).not.toContain('time limit')
  })

  test('on a slow native machine it is not the build’s fault, nor is it masked', () => {
    for (const N of [{ slowdown: 6 }, {}]) {
      const findings = run({ N: timeOut(), E: GOOD }, { N })
      expect(findings).toMatchObject([{ cause: 'unattributed' }])
      expect(findings.some(isMasked)).toBe(false)
    }
    expect(run({ N: timeOut() }, { N: { slowdown: 6 } })).toMatchObject([{ cause: 'unattributed' }])
  })

  test('on a native machine that is as fast as the reference, the table decides', () => {
    expect(run({ N: timeOut() }, { N: { slowdown: 1.2 } })).toMatchObject([{ cause: 'architecture' }])
    expect(run({ N: timeOut() }, { N: { host: 'local' } })).toMatchObject([{ cause: 'architecture' }])
  })

  test('on every platform it is the image’s', () =>
    expect(run({ R: timeOut(), E: timeOut() })).toMatchObject([{ cause: 'image' }]))

  test('does not lend its time-out to what failed for another reason', () => {
    const findings = run({ N: timeOut(), E: WRONG }, { N: { slowdown: 6 } })
    expect(findings.map(one => [one.cause, one.targets])).toEqual([
      ['unattributed', ['linux/arm64 emulated@local']],
      ['unattributed', ['linux/arm64 native@pi']],
    ])
    expect(new Set(findings.map(one => one.key)).size).toBe(2)
  })

  test('under a CPU model is no lack of instructions', () => {
    expect(run({ E: GOOD, C: timeOut() })).toMatchObject([
      {
        cause: 'unattributed',
        title: '"one" fails on linux/arm64 emulated cortex-a72@local',
        advice: expect.stringContaining('A time limit alone'),
      },
    ])
    const crash = timeOut('qemu: uncaught target signal 4 (Illegal instruction)\n')
    expect(run({ E: GOOD, C: crash })).toMatchObject([{ cause: 'architecture' }])
    const masked = run({ N: WRONG, E: GOOD, C: timeOut() })
    expect(masked.map(one => one.targets)).toEqual([
      ['linux/arm64 native@pi'],
      ['linux/arm64 emulated cortex-a72@local'],
    ])
  })

  test('a value that only a time-out changed is judged alike', () => {
    const tolerant: Behaviour = { observations: timeOut().observations ?? [] }
    expect(run({ N: tolerant, E: GOOD }, { N: { slowdown: 6 } })).toMatchObject([
      { kind: 'difference', cause: 'unattributed' },
    ])
  })
})
