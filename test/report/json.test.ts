import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { AuditFinding, AuditSummary } from '../../src/model/audit.js'
import type { LoggedEvent } from '../../src/model/events.js'
import { renderJson } from '../../src/report/json.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { LogWriter } from './factory.js'
import { writeFaultyRun, writeHealthyRun, writeHostileRun, writeRemoteRun } from './scenarios.js'

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../docs/schema/report.schema.json', import.meta.url), 'utf8'),
)
const validator = z.fromJSONSchema(SCHEMA)
const render = (events: readonly LoggedEvent[]) => renderJson(buildRunReport(events))

const SUMMARY: AuditSummary = {
  platform: 'linux/arm64',
  digest: `sha256:${'1'.repeat(64)}`,
  layers: 2,
  files: 3,
  bytes: 4,
  elfFiles: 1,
  packages: { dpkg: 5 },
  libc: 'glibc',
}

const FINDING: AuditFinding = {
  key: 'foreign-elf:linux/arm64:1',
  rule: 'foreign-elf',
  severity: 'error',
  title: 'foreign',
  platforms: ['linux/arm64'],
  paths: ['/usr/bin/app'],
  pathCount: 1,
  evidence: [{ platform: 'linux/arm64', path: '/usr/bin/app', text: 'is amd64', data: { machine: 62 } }],
  advice: 'build it',
}

/** A run that has everything that a report can hold. */
function writeFullRun(): LoggedEvent[] {
  const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'], {
    image: { notes: [{ code: 'duplicate-platform', message: 'twice', platform: 'linux/amd64' }] },
  })
  log.check('unstable', () => ({}), { noise: { status: 'failed' } })
  log.check('logs', platform => ({
    observations: [
      {
        kind: 'logs',
        stdout: { text: 'a\n'.repeat(platform.length), bytes: 9, truncated: false },
        stderr: { base64: '/w==', bytes: 1, truncated: false },
      },
    ],
  }))
  log.check('unfinished', platform => ({ unfinished: platform === 'linux/s390x' }))
  const target = log.targets[0]?.id ?? ''
  log.add({ type: 'suite-errored', target, pass: 'main', file: 'x', code: 'suite-empty', message: 'nothing' })
  log.add({ type: 'host-lost', host: 'local', message: 'gone' })
  log.add({ type: 'platform-audited', summary: SUMMARY })
  log.add({ type: 'audit-finding', finding: FINDING })
  log.add({
    type: 'audit-finished',
    durationMs: 2,
    layers: { read: 1, cached: 0 },
    error: { code: 'REGISTRY_FAILED', message: 'x' },
  })
  log.add({
    type: 'run-finished',
    reason: 'error',
    error: { code: 'ENGINE_LOST', message: 'x', hint: 'y' },
    durationMs: 1,
  })
  return log.events
}

describe('renderJson', () => {
  test.each([
    ['healthy', writeHealthyRun],
    ['faulty', writeFaultyRun],
    ['hostile', writeHostileRun],
    ['full', writeFullRun],
    ['remote', writeRemoteRun],
    ['empty', () => []],
  ])('a %s run is as the documented schema says', (_, write) => {
    const result = validator.safeParse(JSON.parse(render(write())))
    expect(result.error?.issues ?? []).toEqual([])
  })

  test('the schema is no open door', () => {
    const report = JSON.parse(render(writeFaultyRun()))
    for (const spoil of [
      (it: typeof report) => {
        it.extra = 1
      },
      (it: typeof report) => {
        it.verdict.outcome = 'fine'
      },
      (it: typeof report) => {
        delete it.findings[0].cause
      },
      (it: typeof report) => {
        it.targets[0].digest = 'sha256:1'
      },
      (it: typeof report) => {
        it.checks[0].results['linux/amd64 native@local'].status = 'ok'
      },
    ]) {
      const copy = structuredClone(report)
      spoil(copy)
      expect(validator.safeParse(copy).success, String(spoil)).toBe(false)
    }
  })

  test('says what came of the run', () => {
    const report = JSON.parse(render(writeFaultyRun()))
    expect(report.verdict.outcome).toBe('failed')
    expect(report.findings[0]).toMatchObject({
      kind: 'guard',
      cause: 'architecture',
      platforms: ['linux/ppc64le'],
    })
    expect(report.targets[2]).toMatchObject({
      platform: 'linux/arm64',
      execution: 'emulated',
      pulled: { fetched: true },
    })
    const check = report.checks.find((one: { name: string }) => one.name === 'prints its version')
    expect(check.results['linux/s390x emulated@local'].status).toBe('passed')
    expect(check.differences[0].classes[1].diff[1]).toEqual({ sign: '+', text: 'app 0.9' })
  })

  test('a run on several hosts: what emulation hides, CPU models, slowness, and what a loss cost', () => {
    const report = JSON.parse(render(writeRemoteRun()))
    expect(report.findings[0]).toMatchObject({ masked: true, cause: 'architecture' })
    expect(report.findings.slice(1).map((one: { masked: boolean }) => one.masked)).not.toContain(true)
    expect(report.targets.at(-1)).toMatchObject({
      label: 'linux/arm64 (cortex-a72)',
      emulator: { cpu: 'cortex-a72' },
      slowdown: 8.4,
    })
    expect(report.hosts.map((host: { kind: string }) => host.kind)).toEqual(['local', 'ssh', 'ssh'])
    expect(report.hostLosses).toEqual([
      {
        host: 'pi1',
        phase: 'run',
        code: 'ENGINE_LOST',
        message: 'the connection was reset',
        lastSeenAt: '2026-03-01T12:00:02.000Z',
        undecided: 0,
        elsewhere: 4,
        elsewhereOn: ['pi2'],
        coverageLost: false,
      },
      {
        host: 'z15',
        phase: 'start',
        code: 'HOST_KEY',
        message: 'its key is not known',
        hint: 'Accept its key with `ssh z15`.',
        undecided: 0,
        elsewhere: 0,
        elsewhereOn: [],
        coverageLost: true,
      },
    ])
    expect(report.verdict.sentence).toContain('host z15 could not be reached')
    expect(report.verdict.sentence).not.toContain('pi1')
    expect(report.normalization.rules).toContainEqual({
      name: 'emulator-settings',
      description: expect.stringContaining('QEMU_CPU'),
      lines: 1,
    })
  })

  test('the same events give the same bytes', () =>
    expect(render(writeFaultyRun())).toBe(render(writeFaultyRun())))
})
