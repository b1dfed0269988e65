import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { CheckError } from '../../src/model/check.js'
import type { LoggedEvent } from '../../src/model/events.js'
import type { Finding } from '../../src/model/finding.js'
import type { LostCoverage } from '../../src/model/target.js'
import { command, LogWriter, makeDigest, SIX } from '../report/factory.js'
import { MACHINES, writeFaultyRun, writeHealthyRun } from '../report/scenarios.js'

const FILE = 'suites/app.suite.ts'
function attribute(events: readonly LoggedEvent[]): Finding[] {
  const record = buildRunRecord(events)
  return attributeRun(record, compareRun(record))
}
function executed(
  log: LogWriter,
  platform: string,
  check: string | undefined,
  program: string,
  machine?: string,
): void {
  const target = log.targets.find(one => one.label === platform)?.id ?? ''
  const id = check === undefined ? {} : { check: `${FILE} > ${check}` }
  const how = machine === undefined ? { emulator: 'none' } : { machine }
  log.add({ type: 'program-executed', target, pass: 'main', ...id, program, ...how, expected: false })
}
const guardError: CheckError = {
  kind: 'guard',
  code: 'FOREIGN_PROGRAM',
  message: '/bin/app is a program for amd64',
}

test('a healthy run has no findings', () => expect(attribute(writeHealthyRun())).toEqual([]))

test('findings stand in the order of how serious they are', () => {
  expect(attribute(writeFaultyRun()).map(finding => [finding.kind, finding.cause])).toEqual([
    ['guard', 'architecture'],
    ['failure', 'image'],
    ['failure', 'unattributed'],
    ['difference', 'unattributed'],
    ['failure', 'emulation'],
    ['flaky', 'nondeterminism'],
    ['host', 'host'],
  ])
})

test('what emulation hides comes before everything, then guards', () => {
  const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'], {
    unplanned: true,
    hosts: ['local', 'arm'],
  })
  log.target('linux/amd64')
  log.target('linux/arm64')
  log.target('linux/arm64', { execution: 'native', host: 'arm' })
  log.target('linux/s390x')
  log.check('masked', (_, target) => ({ status: target.host === 'arm' ? 'failed' : 'passed' }))
  log.check('guarded', () => ({}))
  executed(log, 'linux/s390x', 'guarded', '/bin/app', 'amd64')
  const findings = attribute(log.finish())
  expect(findings.map(finding => finding.title)).toEqual([
    '"masked" fails on linux/arm64 native@arm (masked by emulation)',
    'linux/s390x runs a program built for amd64: /bin/app',
  ])
  expect(findings[0]?.evidence[0]).toEqual({
    kind: 'executed',
    text: 'it is right under qemu-aarch64 7.2.22 on local: an emulated test run would not have shown it',
    data: { maskedByEmulation: true, rightOn: ['linux/arm64 emulated@local'] },
  })
})

describe('guard', () => {
  test('a foreign userland is one finding, and takes up what its checks show', () => {
    const log = new LogWriter(SIX)
    log.check('uname', platform => ({
      observations: [
        command('uname -m', { stdout: platform === 'linux/arm64' ? 'x86_64\n' : `${MACHINES[platform]}\n` }),
      ],
      ...(platform === 'linux/arm64' ? { status: 'failed', errors: [guardError] } : {}),
    }))
    log.check('differs', platform => ({
      observations: [command('app', { stdout: platform === 'linux/arm64' ? 'b' : 'a' })],
    }))
    for (const check of ['uname', 'differs']) {
      executed(log, 'linux/arm64', check, '/bin/busybox', 'amd64')
      executed(log, 'linux/arm64', check, '/bin/busybox')
    }
    const findings = attribute(log.finish())
    expect(findings).toMatchObject([
      {
        kind: 'guard',
        cause: 'architecture',
        title: 'linux/arm64 runs a program built for amd64: /bin/busybox',
        platforms: ['linux/arm64'],
        checks: [`${FILE} > differs`, `${FILE} > uname`],
      },
    ])
    expect(findings[0]?.evidence.map(one => one.text)).toEqual([
      '/bin/busybox is amd64 code',
      '/bin/busybox ran without an emulator',
    ])
  })

  test('a program that only the process list showed is named where none was read', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('app', () => ({}))
    executed(log, 'linux/arm64', 'app', '/bin/sh')
    expect(attribute(log.finish())[0]?.title).toBe('linux/arm64 runs a program of another platform: /bin/sh')
    executed(log, 'linux/arm64', 'app', '/bin/busybox', 'amd64')
    expect(attribute(log.finish())[0]?.title).toBe('linux/arm64 runs a program built for amd64: /bin/busybox')
  })

  test('one foreign program explains only the checks that ran it', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    for (const name of ['app', 'other'])
      log.check(name, platform => ({ status: platform === 'linux/arm64' ? 'failed' : 'passed' }))
    executed(log, 'linux/arm64', 'app', '/bin/app', 'amd64')
    expect(attribute(log.finish()).map(finding => [finding.kind, finding.checks])).toEqual([
      ['guard', [`${FILE} > app`]],
      ['failure', [`${FILE} > other`]],
    ])
  })

  test('the container’s own program explains all of its checks', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    for (const name of ['app', 'other'])
      log.check(name, platform => ({ status: platform === 'linux/arm64' ? 'failed' : 'passed' }))
    executed(log, 'linux/arm64', undefined, '/bin/app', 'amd64')
    expect(attribute(log.finish()).map(finding => finding.kind)).toEqual(['guard'])
  })

  test('the same programs on several platforms are one finding', () => {
    const log = new LogWriter(SIX)
    log.check('app', platform =>
      platform === 'linux/amd64' || platform === 'linux/386'
        ? {}
        : { status: 'failed', errors: [guardError] },
    )
    for (const target of log.targets.filter(one => one.execution === 'emulated'))
      executed(log, target.label, 'app', '/bin/app', 'amd64')
    const findings = attribute(log.finish())
    expect(findings.map(finding => [finding.kind, finding.platforms.length])).toEqual([['guard', 4]])
  })

  test('a guarded platform proves nothing of the others', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    log.check('app', platform => ({ status: platform === 'linux/amd64' ? 'failed' : 'passed' }))
    executed(log, 'linux/arm64', 'app', '/bin/app', 'amd64')
    executed(log, 'linux/s390x', 'app', '/bin/app', 'amd64')
    const failure = attribute(log.finish()).find(finding => finding.kind === 'failure')
    expect(failure).toMatchObject({ cause: 'unattributed', platforms: ['linux/amd64'] })
    expect(failure?.advice).toContain('nothing to compare it with')
  })

  test('a guard error whose program was not recorded is told all the same', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('app', platform =>
      platform === 'linux/arm64' ? { status: 'failed', errors: [guardError] } : {},
    )
    expect(attribute(log.finish())).toMatchObject([
      { kind: 'guard', cause: 'architecture', platforms: ['linux/arm64'] },
    ])
  })

  test('a program that is as expected is no finding', () => {
    const log = new LogWriter(['linux/amd64'])
    const target = log.targets[0]?.id ?? ''
    log.add({
      type: 'program-executed',
      target,
      pass: 'main',
      program: '/bin/app',
      machine: 'amd64',
      expected: true,
    })
    expect(attribute(log.finish())).toEqual([])
  })
})

describe('one reason, one finding', () => {
  test('checks that break alike on the same platforms are put together', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    for (const name of ['a', 'b', 'c']) {
      const crash = command(`app ${name}`, { exitCode: 139, signal: 'SIGSEGV' })
      log.check(name, platform =>
        platform === 'linux/arm64'
          ? { status: 'failed', observations: [crash] }
          : { observations: [command(`app ${name}`)] },
      )
    }
    expect(attribute(log.finish())).toMatchObject([
      { title: '3 checks fail on linux/arm64', checks: [`${FILE} > a`, `${FILE} > b`, `${FILE} > c`] },
    ])
  })

  test('checks that could not begin for one reason are put together, with the command that starts the image', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    for (const name of ['a', 'b']) {
      const message = `ended with exit code 3 while ${name} was to run`
      log.check(name, () => ({
        status: 'failed',
        errors: [{ kind: 'exception', code: 'CONTAINER_ENDED', message }],
      }))
    }
    const findings = attribute(log.finish())
    expect(findings).toMatchObject([{ cause: 'image', title: '2 checks fail on every platform' }])
    expect(findings[0]?.reproduce[0]).toMatch(
      /^docker run --rm --platform linux\/amd64 \S+@sha256:[0-9a-f]{64}$/,
    )
  })

  test('checks that only share an exit code are not', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    for (const name of ['a', 'b']) {
      log.check(name, platform =>
        platform === 'linux/arm64'
          ? { status: 'failed', observations: [command(`app ${name}`, { exitCode: 1 })] }
          : { observations: [command(`app ${name}`)] },
      )
    }
    expect(attribute(log.finish())).toHaveLength(2)
  })

  test('the same wrong value in several checks is one finding', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    for (const name of ['a', 'b'])
      log.check(name, platform => ({
        observations: [command('app', { stdout: platform === 'linux/s390x' ? '0.9' : '1.0' })],
      }))
    expect(attribute(log.finish())).toMatchObject([
      { kind: 'difference', title: 'stdout of `app` in 2 checks differs on linux/s390x' },
    ])
  })

  test('fields of one check that deviate together are one finding', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    const see = (bad: boolean) => command('app', bad ? { stdout: 'x', stderr: 'y', exitCode: 1 } : {})
    log.check('a', platform => ({ observations: [see(platform === 'linux/s390x')] }))
    const findings = attribute(log.finish())
    expect(findings).toMatchObject([{ title: '"a" differs on linux/s390x' }])
    expect(findings[0]?.evidence.map(one => one.data?.field)).toEqual(['exit code', 'stdout', 'stderr'])
  })

  test('keys are stable under causes, and different for different checks', () => {
    const run = (stderr: string, name: string) => {
      const log = new LogWriter(['linux/amd64', 'linux/arm64'])
      const bad = command('app', { exitCode: 1, stderr })
      log.check(name, platform =>
        platform === 'linux/arm64' ? { status: 'failed', observations: [bad] } : {},
      )
      return attribute(log.finish())[0]
    }
    const plain = run('', 'a')
    expect(plain?.key).toMatch(/^failure:linux\/arm64:[0-9a-f]{12}$/)
    expect(run('QEMU internal SIGSEGV', 'a')).toMatchObject({ key: plain?.key, cause: 'emulation' })
    expect(run('', 'b')?.key).not.toBe(plain?.key)
  })
})

describe('nondeterminism', () => {
  test('a retry that passed', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    const errors: CheckError[] = [{ kind: 'assertion', message: 'expected 1 to be 0\nat x' }]
    log.check('a', platform => (platform === 'linux/arm64' ? { flaky: true, errors } : {}))
    expect(attribute(log.finish())).toMatchObject([
      {
        kind: 'flaky',
        cause: 'nondeterminism',
        platforms: ['linux/arm64'],
        evidence: [{ text: 'passed on attempt 2 after failing: expected 1 to be 0' }],
      },
    ])
  })

  test('the reference’s two runs disagree: no platform is blamed', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    log.check('a', platform => ({ status: platform === 'linux/s390x' ? 'passed' : 'failed' }), {
      noise: { status: 'passed' },
    })
    const findings = attribute(log.finish())
    expect(findings.map(finding => [finding.kind, finding.cause, ...finding.platforms])).toEqual([
      ['failure', 'unattributed', 'linux/arm64'],
      ['flaky', 'nondeterminism', 'linux/amd64'],
    ])
    expect(findings[0]?.advice).toContain('this may be chance')
  })
})

describe('metadata', () => {
  test('what the index says wrongly is told, what it merely holds is not', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
      image: {
        notes: [
          {
            code: 'config-platform-mismatch',
            message: 'the config says linux/amd64',
            platform: 'linux/arm64',
          },
          {
            code: 'same-manifest-for-two-platforms',
            message: 'is listed for both',
            platform: 'linux/arm64',
            digest: makeDigest('linux/amd64'),
          },
          { code: 'orphan-attestation', message: 'no subject' },
          { code: 'foreign-entry', message: 'a chart' },
        ],
      },
    })
    log.check('a', () => ({}))
    expect(
      attribute(log.finish()).map(finding => [finding.kind, finding.cause, ...finding.platforms]),
    ).toEqual([
      ['metadata', 'architecture', 'linux/amd64'],
      ['metadata', 'architecture', 'linux/arm64'],
    ])
  })
})

describe('hosts', () => {
  const lost = (platform: string, more: Partial<LostCoverage> = {}): LostCoverage => ({
    platform,
    code: 'no-handler',
    reason: `no handler for ${platform}`,
    fix: 'install it',
    intended: false,
    ...more,
  })

  test('platforms lost for one reason are one finding, those left out on request none', () => {
    const log = new LogWriter(['linux/amd64'])
    log.check('a', () => ({}))
    for (const platform of ['linux/arm64', 'linux/s390x'])
      log.add({ type: 'coverage-lost', lost: lost(platform) })
    log.add({ type: 'coverage-lost', lost: lost('linux/386', { code: 'excluded', intended: true }) })
    expect(attribute(log.finish())).toMatchObject([
      {
        kind: 'host',
        cause: 'host',
        title: 'linux/arm64 and linux/s390x could not be run',
        advice: 'install it',
        evidence: [{ text: 'linux/arm64: no handler for linux/arm64' }, {}],
      },
    ])
  })

  test('a lost host is one finding for all that it took along', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('a', platform => ({ unfinished: platform === 'linux/arm64' }))
    log.add({ type: 'host-lost', host: 'local', message: 'connection reset' })
    log.add({ type: 'coverage-lost', lost: lost('linux/arm64', { code: 'host-lost' }) })
    expect(attribute(log.finish()).map(finding => finding.title)).toEqual([
      'host local was lost during the run',
    ])
  })

  test('errors of the engine are the host’s, together by what they say', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    const errors: CheckError[] = [
      { kind: 'infrastructure', code: 'ENGINE_LOST', message: 'the engine does not answer' },
    ]
    for (const name of ['a', 'b'])
      log.check(name, platform => (platform === 'linux/amd64' ? {} : { status: 'errored', errors }))
    expect(attribute(log.finish())).toMatchObject([
      {
        kind: 'host',
        cause: 'host',
        title: '2 checks gave no verdict on linux/arm64 and linux/s390x',
        checks: [`${FILE} > a`, `${FILE} > b`],
      },
    ])
  })

  test('a container that does not start may be the image’s doing', () => {
    const log = new LogWriter(['linux/amd64'])
    log.check('a', () => ({
      status: 'errored',
      errors: [{ kind: 'infrastructure', code: 'CONTAINER_FAILED', message: 'x' }],
    }))
    expect(attribute(log.finish())).toMatchObject([{ kind: 'host', cause: 'unattributed' }])
  })

  test('a dead worker is a host’s fault, a broken suite nobody’s', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    log.check('a', platform => ({ absent: platform === 'linux/arm64' }))
    const at = { target: 'linux/arm64 emulated@local', pass: 'main', file: FILE } as const
    log.add({ type: 'suite-errored', ...at, code: 'worker-lost', message: 'killed' })
    log.add({
      type: 'suite-errored',
      ...at,
      file: 'suites/x.suite.ts',
      code: 'suite-broken',
      message: 'syntax',
    })
    expect(attribute(log.finish())).toMatchObject([
      { kind: 'host', cause: 'host', title: `${FILE} ended without a verdict on linux/arm64` },
    ])
  })
})

test('hostile ids and an empty log are survived', () => {
  expect(attribute([])).toEqual([])
  const log = new LogWriter(['linux/amd64'])
  log.add({ type: 'program-executed', target: 'nowhere', pass: 'main', program: 'x', expected: false })
  log.add({
    type: 'check-finished',
    target: '__proto__',
    pass: 'main',
    check: { id: 'constructor', file: '__proto__', name: 'x' },
    status: 'failed',
    durationMs: 1,
    attempts: 1,
    flaky: false,
    errors: [],
  })
  expect(attribute(log.finish()).map(finding => finding.kind)).toEqual([])
})
