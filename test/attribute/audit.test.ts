import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { AuditFinding } from '../../src/model/audit.js'
import type { Finding } from '../../src/model/finding.js'
import { judgeRun } from '../../src/report/verdict.js'
import { audit, glibcRoot, program } from '../audit/synthetic.js'
import { command, LogWriter, makeDigest } from '../report/factory.js'

const THREE = ['linux/amd64', 'linux/arm64', 'linux/s390x']

const finding = (changes: Partial<AuditFinding> = {}): AuditFinding => ({
  key: 'missing-library:linux/arm64:1',
  rule: 'missing-library',
  severity: 'error',
  title: 'linux/arm64 lacks libfoo.so.1, which /usr/bin/app needs',
  platforms: ['linux/arm64'],
  paths: ['/usr/bin/app'],
  pathCount: 1,
  evidence: [{ platform: 'linux/arm64', text: 'libfoo.so.1 is nowhere', data: { library: 'libfoo.so.1' } }],
  advice: 'Install libfoo on linux/arm64.',
  ...changes,
})

/** A run that audited all its platforms and found these. */
function startRun(...findings: AuditFinding[]): LogWriter {
  const log = new LogWriter(THREE)
  for (const platform of THREE) {
    const digest = makeDigest(platform)
    const summary = { platform, digest, layers: 1, files: 1, bytes: 1, elfFiles: 1, packages: {} }
    log.add({ type: 'platform-audited', summary })
  }
  for (const each of findings) log.add({ type: 'audit-finding', finding: each })
  return log.add({ type: 'audit-finished', durationMs: 5, layers: { read: 3, cached: 0 } })
}

/** `app` fails on linux/arm64 alone, which is emulated. */
function failApp(log: LogWriter, stderr = 'boom\n', line = 'app --version'): LogWriter {
  return log.check('starts', platform =>
    platform === 'linux/arm64'
      ? { status: 'failed', observations: [command(line, { exitCode: 127, stderr })] }
      : { observations: [command(line)] },
  )
}

function runProgram(log: LogWriter, program: string, platform = 'linux/arm64'): LogWriter {
  const target = log.targets.find(one => one.label === platform)?.id ?? ''
  return log.add({ type: 'program-executed', target, pass: 'main', program, expected: true })
}

function attribute(log: LogWriter): Finding[] {
  const record = buildRunRecord(log.finish())
  return attributeRun(record, compareRun(record))
}

const summarize = (findings: readonly Finding[]) => findings.map(({ kind, cause }) => `${kind} ${cause}`)

describe('a static finding by itself', () => {
  test('of one platform is the architecture’s, with its files and a command that needs no engine', () => {
    const [only, ...others] = attribute(startRun(finding()))
    expect(others).toEqual([])
    expect(only).toMatchObject({
      kind: 'audit',
      cause: 'architecture',
      title: 'linux/arm64 lacks libfoo.so.1, which /usr/bin/app needs',
      platforms: ['linux/arm64'],
      advice: 'Install libfoo on linux/arm64.',
    })
    expect(only?.evidence[0]?.data).toMatchObject({ rule: 'missing-library', paths: ['/usr/bin/app'] })
    expect(only?.reproduce).toEqual([
      expect.stringMatching(/^archparity audit \S+@sha256:\w+ --rule missing-library$/),
    ])
  })

  test('of every platform is the image’s', () => {
    expect(summarize(attribute(startRun(finding({ platforms: THREE }))))).toEqual(['audit image'])
  })

  test('that is a note blames nobody, and breaks nothing', () => {
    const log = startRun(finding({ severity: 'note' })).check('works', () => ({}))
    const record = buildRunRecord(log.finish())
    const findings = attributeRun(record, compareRun(record))
    expect(findings).toEqual([])
    expect(judgeRun(record, findings).outcome).toBe('parity')
  })

  test('that is a warning breaks parity', () => {
    const log = startRun(finding({ severity: 'warning' })).check('works', () => ({}))
    const record = buildRunRecord(log.finish())
    expect(judgeRun(record, attributeRun(record, compareRun(record))).outcome).toBe('failed')
  })

  test.each(['config-platform', 'same-manifest', 'platform-missing'])(
    'of %s is left to what the run says of the index',
    rule => expect(attribute(startRun(finding({ rule })))).toEqual([]),
  )
})

describe('a check that fails under emulation alone', () => {
  test('and touches a program with a static finding is the architecture’s', () => {
    const findings = attribute(failApp(runProgram(startRun(finding()), '/usr/bin/app')))
    expect(summarize(findings)).toEqual(['audit architecture', 'failure architecture'])
    const failure = findings.find(one => one.kind === 'failure')
    expect(failure?.advice).toBe('Install libfoo on linux/arm64.')
    expect(failure?.evidence).toContainEqual(
      expect.objectContaining({ kind: 'static', data: expect.objectContaining({ rule: 'missing-library' }) }),
    )
  })

  test('and touches a script, whatever its command calls it, is too', () => {
    const log = startRun(finding({ paths: ['/opt/app/start.sh'], evidence: [] }))
    const target = log.targets.find(one => one.label === 'linux/arm64')?.id ?? ''
    const fact = { program: '/bin/busybox', script: '/opt/app/start.sh', name: '/app', expected: true }
    log.add({ type: 'program-executed', target, pass: 'main', ...fact })
    const failure = attribute(failApp(log, 'boom\n', '/app --version')).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('architecture')
  })

  test('and names the missing library in its output is too', () => {
    const said = 'app: error while loading shared libraries: libfoo.so.1: cannot open shared object file\n'
    const failure = attribute(failApp(startRun(finding()), said)).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('architecture')
    expect(failure?.evidence.map(one => one.kind)).toContain('static')
  })

  test.each<[string, Partial<AuditFinding>, string, string]>([
    ['another program', { paths: ['/usr/bin/other'], evidence: [] }, '/usr/bin/app', 'boom\n'],
    ['a program of the same name elsewhere', { paths: ['/opt/app'], evidence: [] }, '/usr/bin/app', 'boom\n'],
    ['a name that only begins alike', { evidence: [] }, '/usr/bin/app2', 'cannot run /usr/bin/app2\n'],
    ['another platform', { platforms: ['linux/s390x'] }, '/usr/bin/app', 'boom\n'],
    ['every platform', { platforms: THREE }, '/usr/bin/app', 'boom\n'],
    ['a note', { severity: 'note' }, '/usr/bin/app', 'boom\n'],
  ])('stays unattributed where the static finding is about %s', (_, changes, program, stderr) => {
    const line = program.endsWith('2') ? 'app2' : 'app'
    const log = failApp(runProgram(startRun(finding(changes)), program), stderr, line)
    const failure = attribute(log).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('unattributed')
    expect(failure?.evidence.map(one => one.kind)).not.toContain('static')
  })

  test('keeps the emulator as its cause where its signature decides', () => {
    const said = 'ls: /etc: Value too large for defined data type\n'
    const log = new LogWriter(['linux/amd64', 'linux/arm/v7'])
    const digest = makeDigest('x')
    for (const platform of ['linux/amd64', 'linux/arm/v7']) {
      const summary = { platform, digest, layers: 1, files: 1, bytes: 1, elfFiles: 1, packages: {} }
      log.add({ type: 'platform-audited', summary })
    }
    log.add({ type: 'audit-finding', finding: finding({ platforms: ['linux/arm/v7'], paths: ['/bin/ls'] }) })
    runProgram(log, '/bin/ls', 'linux/arm/v7').check('lists', platform =>
      platform === 'linux/arm/v7'
        ? { status: 'failed', observations: [command('ls /etc', { exitCode: 1, stderr: said })] }
        : { observations: [command('ls /etc')] },
    )
    const failure = attribute(log).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('emulation')
  })
})

test('a value that differs under emulation alone is the architecture’s where the file does', () => {
  const different = finding({
    key: 'content-differs:linux/s390x:1',
    rule: 'content-differs',
    severity: 'warning',
    platforms: ['linux/s390x'],
    evidence: [],
  })
  const log = runProgram(startRun(different), '/usr/bin/app', 'linux/s390x')
  log.check('prints its version', platform => ({
    observations: [command('/usr/bin/app', { stdout: platform === 'linux/s390x' ? '0.9\n' : '1.0\n' })],
  }))
  expect(summarize(attribute(log))).toEqual(['difference architecture', 'audit architecture'])
})

test('an output that names a library which the audit did not find is explained by it', () => {
  const files = (needed: string[]) => ({
    ...glibcRoot('linux/arm64'),
    'opt/a': { mode: 0o755, elf: program('linux/arm64', { needed }) },
  })
  const [missing, ...others] = audit(
    [
      { platform: 'linux/arm64', files: files(['libgone.so.1']) },
      { platform: 'linux/amd64', files: glibcRoot('linux/amd64') },
    ],
    ['missing-library'],
  )
  expect(others).toEqual([])
  const log = failApp(
    startRun(missing as AuditFinding),
    'other: libgone.so.1: cannot open shared object file\n',
  )
  expect(attribute(log).find(({ kind }) => kind === 'failure')?.cause).toBe('architecture')
})

describe('a value of which the reference alone has another one', () => {
  const lacksAddon = (platforms: string[]) =>
    finding({ key: 'native-module:1', rule: 'native-module', severity: 'warning', platforms, evidence: [] })

  function differ(...findings: AuditFinding[]): Finding[] {
    const log = startRun(...findings)
    for (const platform of THREE) runProgram(log, '/usr/bin/app', platform)
    log.check('adds', platform => ({
      observations: [command('/usr/bin/app', { stdout: platform === 'linux/amd64' ? 'fast\n' : 'slow\n' })],
    }))
    return attribute(log).filter(({ kind }) => kind === 'difference')
  }

  test.each([
    ['is the reference’s, since the others agree', [], ['linux/amd64']],
    ['is the others’ where their files are at fault', [lacksAddon(THREE.slice(1))], THREE.slice(1)],
    ['is the reference’s where only some of theirs are', [lacksAddon(['linux/arm64'])], ['linux/amd64']],
    ['is the reference’s where its own file is at fault', [lacksAddon(['linux/amd64'])], ['linux/amd64']],
  ])('%s', (_, findings, platforms) => {
    expect(differ(...findings).map(each => each.platforms)).toEqual([platforms])
  })

  test('has the cause that the static finding gives', () => {
    expect(differ(lacksAddon(THREE.slice(1)))[0]?.cause).toBe('architecture')
  })
})

describe('foreign files', () => {
  const foreign = (platforms: string[]) =>
    finding({
      key: 'foreign-elf:1',
      rule: 'foreign-elf',
      platforms,
      paths: ['/usr/bin/app', '/usr/bin/b'],
      pathCount: 2,
    })

  const runForeign = (log: LogWriter) => {
    const target = log.targets.find(one => one.label === 'linux/arm64')?.id ?? ''
    const fact = { program: '/usr/bin/app', machine: 'amd64', expected: false }
    return log.add({ type: 'program-executed', target, pass: 'main', ...fact })
  }

  test('that a guard saw running are one finding, which names them all', () => {
    const findings = attribute(runForeign(startRun(foreign(['linux/arm64']))))
    expect(summarize(findings)).toEqual(['guard architecture'])
    expect(findings[0]?.evidence).toContainEqual(
      expect.objectContaining({ kind: 'static', text: expect.stringContaining('/usr/bin/app and 1 more') }),
    )
  })

  test('of another platform than the one that the guard speaks of stay their own finding', () => {
    const findings = attribute(runForeign(startRun(foreign(['linux/s390x']))))
    expect(summarize(findings)).toEqual(['guard architecture', 'audit architecture'])
  })
})

test('an audit that did not finish is lost coverage and not a fault of the image', () => {
  const log = new LogWriter(THREE).add({
    type: 'audit-finished',
    durationMs: 5,
    layers: { read: 0, cached: 0 },
    error: { code: 'REGISTRY_FAILED', message: 'the registry answered 503' },
  })
  log.check('works', () => ({}))
  const record = buildRunRecord(log.finish())
  const verdict = judgeRun(record, attributeRun(record, compareRun(record)))
  expect(verdict.outcome).toBe('incomplete')
  expect(verdict.sentence).toContain('the static audit did not finish: the registry answered 503')
})

describe('a static finding about what a check touches decides nothing', () => {
  const touches = command(['/usr/bin/app'], { exitCode: 127, stderr: '/usr/bin/app: broken\n' })

  test('where the same files are right under another emulator', () => {
    const log = startRun(finding())
    log.target('linux/arm64', { host: 'b' })
    log.check('starts', (platform, { host }) =>
      platform === 'linux/arm64' && host === 'local' ? { status: 'failed', observations: [touches] } : {},
    )
    const failure = attribute(log).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('unattributed')
  })

  test('where the same files are right on another native host', () => {
    const log = startRun(finding())
    for (const host of ['a', 'b']) log.target('linux/arm64', { execution: 'native', host })
    log.check('starts', (_, { host }) => (host === 'b' ? { status: 'failed', observations: [touches] } : {}))
    const failure = attribute(log).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('unattributed')
  })

  test('where the check only ran out of time', () => {
    const log = startRun(finding())
    const late = { ...touches, exitCode: null, timedOut: true }
    log.check('starts', platform =>
      platform === 'linux/arm64'
        ? { status: 'failed', errors: [{ kind: 'timeout', message: 'late' }], observations: [late] }
        : {},
    )
    const failure = attribute(log).find(one => one.kind === 'failure')
    expect(failure?.cause).toBe('unattributed')
  })
})
