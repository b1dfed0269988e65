import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { Finding } from '../../src/model/finding.js'
import type { HostFacts } from '../../src/model/host.js'
import { type Behaviour, command, LogWriter, makeHost } from '../report/factory.js'

const fail = (more: Parameters<typeof command>[1] = { exitCode: 1 }): Behaviour => ({
  status: 'failed',
  observations: [command('app', { exitCode: 1, ...more })],
})

/** The same image on two native hosts: right on pi1, not on pi2; with what is known of the hosts. */
function disagree(
  bad: Behaviour,
  pi1: Partial<HostFacts> = {},
  pi2: Partial<HostFacts> = {},
  leg?: Behaviour,
): Finding[] {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
    unplanned: true,
    hosts: [makeHost('local'), makeHost('pi1', pi1), makeHost('pi2', pi2)],
  })
  log.target('linux/amd64')
  for (const host of ['pi1', 'pi2'])
    log.target('linux/arm64', { execution: 'native', host, label: `linux/arm64 (${host})` })
  if (leg !== undefined) {
    log.target('linux/arm64')
    log.target('linux/arm64', { cpu: 'cortex-a72' })
  }
  log.check('one', (_, target) => {
    if (target.emulator?.cpu !== undefined) return leg ?? {}
    return target.host === 'pi2' ? bad : { observations: [command('app')] }
  })
  const record = buildRunRecord(log.finish())
  return attributeRun(record, compareRun(record))
}

describe('native hosts that do not agree', () => {
  test('an illegal instruction: the build needs a newer CPU', () => {
    const findings = disagree(
      fail({ exitCode: 132, signal: 'SIGILL' }),
      { cpuModel: 'Cortex-A76', cpuFeatures: ['fp', 'atomics', 'asimddp'] },
      { cpuModel: 'Cortex-A72', cpuFeatures: ['fp'] },
    )
    expect(findings).toMatchObject([
      {
        cause: 'architecture',
        title: '"one" fails on linux/arm64 (pi2)',
        targets: ['linux/arm64 native@pi2'],
        evidence: [
          {
            kind: 'host-fact',
            text: 'CPU features that only the hosts have on which it is right: asimddp atomics',
            data: { missing: ['asimddp', 'atomics'] },
          },
          {
            kind: 'host-fact',
            text: 'CPU: Cortex-A72 on pi2; where it is right: Cortex-A76 on pi1',
            data: { fact: 'CPU', bad: { pi2: 'Cortex-A72' }, good: { pi1: 'Cortex-A76' } },
          },
          { kind: 'signal', text: '`app`: exit 132 (SIGILL); on linux/arm64 (pi1): exit 0' },
          {},
        ],
      },
    ])
    expect(findings[0]?.advice).toContain('right on pi1 and not on pi2')
  })

  test('page sizes: the trace decides, unless both hosts have the same', () => {
    const trace = fail({ stderr: '<jemalloc>: Unsupported system page size\n' })
    expect(disagree(trace)).toMatchObject([{ cause: 'architecture' }])
    expect(disagree(trace, { pageSize: 4096 }, { pageSize: 16384 })).toMatchObject([
      { cause: 'architecture', advice: expect.stringContaining('--with-lg-page') },
    ])
    expect(disagree(trace, { pageSize: 4096 }, { pageSize: 4096 })).toMatchObject([{ cause: 'unattributed' }])
  })

  test('a trace of the build decides nothing: both hosts ran the same build', () => {
    const stderr = 'app: error while loading shared libraries: libx.so: cannot open shared object file\n'
    expect(disagree(fail({ stderr }))).toMatchObject([{ cause: 'unattributed' }])
  })

  test('a leg that breaks alike: the CPU model', () => {
    const alike = fail({ exitCode: 127, stderr: 'Fatal glibc error: CPU does not support lse\n' })
    const findings = disagree(alike, {}, {}, alike)
    expect(findings.map(one => [one.cause, one.title])).toEqual([
      ['architecture', '"one" fails on linux/arm64 (pi2)'],
      ['architecture', '"one" on linux/arm64 needs more than cortex-a72'],
    ])
    expect(new Set(findings.map(one => one.key)).size).toBe(2)
    const other = disagree(fail({ exitCode: 3 }), {}, {}, alike)
    expect(other.map(one => one.cause)).toEqual(['architecture', 'unattributed'])
  })

  test('a host without space, or with a wrong clock', () => {
    const full = fail({ stderr: 'cp: error writing: No space left on device\n' })
    expect(disagree(full)).toMatchObject([
      {
        cause: 'host',
        advice: expect.stringContaining('Make room'),
        evidence: [{ kind: 'output-line' }, {}, {}, {}],
      },
    ])
    const certificate = fail({ stderr: 'curl: (60) SSL: certificate is not yet valid\n' })
    expect(disagree(certificate, {}, { clockSkewMs: -86_400_000 * 400 })).toMatchObject([{ cause: 'host' }])
    expect(disagree(certificate, {}, { clockSkewMs: 20 })).toMatchObject([{ cause: 'unattributed' }])
    expect(disagree(certificate)).toMatchObject([{ cause: 'unattributed' }])
  })

  test('nothing that decides: the facts that differ, and what would', () => {
    const [finding] = disagree(fail(), { kernel: '6.6', pageSize: 4096 }, { kernel: '5.15', pageSize: 16384 })
    expect(finding).toMatchObject({
      cause: 'unattributed',
      advice:
        'The same image of linux/arm64 is right on pi1 and not on pi2. The hosts differ in page size and kernel: make these equal one at a time, or run it on a third host, to decide it.',
    })
    expect(finding?.evidence.slice(0, 2).map(one => one.data)).toEqual([
      { fact: 'page size', bad: { pi2: '16384' }, good: { pi1: '4096' } },
      { fact: 'kernel', bad: { pi2: '5.15' }, good: { pi1: '6.6' } },
    ])
    expect(disagree(fail())[0]?.advice).toContain('No fact that is known of the hosts tells them apart')
  })

  test('values that differ are judged alike', () => {
    const wrong: Behaviour = { observations: [command('app', { stdout: 'x' })] }
    expect(disagree(wrong, { kernel: '6.6' }, { kernel: '5.15' })).toMatchObject([
      {
        kind: 'difference',
        cause: 'unattributed',
        title: 'stdout of `app` in "one" differs on linux/arm64 (pi2)',
      },
    ])
  })
})

test('checks on which other hosts disagree are other findings', () => {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
    unplanned: true,
    hosts: ['local', 'pi1', 'pi2'],
  })
  log.target('linux/amd64')
  for (const host of ['pi1', 'pi2']) log.target('linux/arm64', { execution: 'native', host })
  const crash = fail({ exitCode: 139, signal: 'SIGSEGV' })
  for (const [name, bad] of [
    ['one', 'pi1'],
    ['two', 'pi2'],
    ['three', 'pi2'],
  ] as const)
    log.check(name, (_, { host }) => (host === bad ? crash : { observations: [command('app')] }))
  const record = buildRunRecord(log.finish())
  const findings = attributeRun(record, compareRun(record))
  expect(findings.map(one => [one.title, one.advice.slice(0, 60)])).toEqual([
    ['"one" fails on linux/arm64 native@pi1', 'The same image of linux/arm64 is right on pi2 and not on pi1'],
    [
      '2 checks fail on linux/arm64 native@pi2',
      'The same image of linux/arm64 is right on pi1 and not on pi2',
    ],
  ])
})

describe('emulated hosts that do not agree', () => {
  function emulate(native?: Behaviour, bad: Behaviour = fail()): Finding[] {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
      unplanned: true,
      hosts: ['local', 'b', 'pi'],
    })
    log.target('linux/amd64')
    if (native !== undefined) log.target('linux/arm64', { execution: 'native', host: 'pi' })
    for (const [host, version] of [
      ['local', '7.2.22'],
      ['b', '10.0.2'],
    ] as const)
      log.target('linux/arm64', { host, emulator: { name: 'qemu-aarch64', version, flags: 'F' } })
    log.check('one', (_, target) => {
      if (target.host === 'pi') return native ?? {}
      return target.execution === 'emulated' && target.host === 'local' ? bad : {}
    })
    const record = buildRunRecord(log.finish())
    return attributeRun(record, compareRun(record))
  }

  test('not decided natively: unattributed, with versions and flags as data', () => {
    const [finding] = emulate()
    expect(finding).toMatchObject({ cause: 'unattributed', title: '"one" fails on linux/arm64 (emulated)' })
    expect(finding?.advice).toContain('right under emulation on another host')
    expect(
      finding?.evidence.filter(one => one.kind === 'host-fact').map(one => [one.text, one.data]),
    ).toEqual([
      [
        'not right under qemu-aarch64 7.2.22, registered with the flags F on local',
        { emulator: { name: 'qemu-aarch64', version: '7.2.22', flags: 'F' }, host: 'local' },
      ],
      [
        'right under qemu-aarch64 10.0.2, registered with the flags F on b',
        { emulator: { name: 'qemu-aarch64', version: '10.0.2', flags: 'F' }, host: 'b' },
      ],
    ])
  })

  test('a known trace decides, and so does a native target', () => {
    const stderr = 'sudo: effective uid is not 0, is sudo installed setuid root?\n'
    expect(emulate(undefined, fail({ stderr }))).toMatchObject([{ cause: 'host' }])
    expect(emulate({})).toMatchObject([{ cause: 'emulation' }])
    expect(emulate(fail())).toMatchObject([{ cause: 'architecture' }])
  })
})
