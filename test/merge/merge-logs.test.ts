import { describe, expect, test } from 'vitest'
import { ArchparityError } from '../../src/errors.js'
import { mergeLogs } from '../../src/merge/merge-logs.js'
import type { LoggedEvent } from '../../src/model/events.js'
import { renderJson } from '../../src/report/json.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { command, LogWriter, makeHost } from '../report/factory.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/s390x']

interface Job {
  readonly host: string
  readonly id: string
  readonly platforms: readonly string[]
}

/** One job, or one run with the hosts of several: each platform natively on the host that has it. */
function writeRun(jobs: readonly Job[], version = (_: string) => '1.0'): LoggedEvent[] {
  const hosts = jobs.map(({ host, id }) => ({ ...makeHost('local'), name: host, id }))
  const log = new LogWriter(PLATFORMS, { unplanned: true, hosts })
  for (const { host, platforms } of jobs)
    for (const platform of platforms)
      log.target(platform, {
        ...{ host, label: platform, execution: 'native' },
        reference: platform === jobs[0]?.platforms[0],
      })
  const run = jobs.flatMap(({ platforms }) => platforms)
  for (const platform of PLATFORMS.filter(each => !run.includes(each)))
    log.add({
      type: 'coverage-lost',
      lost: { platform, code: 'excluded', reason: 'left out by --platform', intended: true },
    })
  log.check('prints its version', platform => ({
    observations: [command('app --version', { stdout: `app ${version(platform)}\n` })],
  }))
  return log.finish()
}

const AMD = { host: 'local', id: 'AAAA', platforms: ['linux/amd64'] }
const ARM = { host: 'local', id: 'BBBB', platforms: ['linux/arm64'] }
const IBM = { host: 'local', id: 'CCCC', platforms: ['linux/s390x'] }
const skew = (platform: string) => (platform === 'linux/arm64' ? '0.9' : '1.0')

const name = (name: string, job: Job, version = skew) => ({ name, events: writeRun([job], version) })

test('logs of one job a platform make the verdict of one run on all of their hosts', () => {
  const merged = mergeLogs([name('amd', AMD), name('arm', ARM), name('ibm', IBM)])
  const whole = writeRun(
    [
      { ...AMD, host: 'amd' },
      { ...ARM, host: 'arm' },
      { ...IBM, host: 'ibm' },
    ],
    skew,
  )
  const render = (events: readonly LoggedEvent[]) =>
    renderJson(buildRunReport(events)).replace(
      /"(?:startedAt|endedAt|at)": "[^"]*"|"durationMs": \d+/g,
      '"time"',
    )
  expect(render(merged)).toBe(render(whole))
  expect(buildRunReport(merged).findings).toMatchObject([{ kind: 'difference', platforms: ['linux/arm64'] }])
})

test('a host that is the same machine in two logs keeps its name', () => {
  const merged = mergeLogs([name('one', AMD), name('two', { ...ARM, id: 'AAAA' })])
  expect(buildRunReport(merged).record.hosts.map(host => host.name)).toEqual(['local'])
  expect(buildRunReport(merged).record.targets.map(({ id }) => id)).toEqual([
    'linux/amd64 native@local',
    'linux/arm64 native@local',
  ])
})

describe('what no job ran', () => {
  const logs = [name('amd', AMD), name('arm', ARM)]

  test('is lost coverage, although each left it out on purpose', () => {
    const { record, verdict } = buildRunReport(mergeLogs(logs))
    expect(record.lost).toMatchObject([{ platform: 'linux/s390x', code: 'not-run', intended: false }])
    expect(verdict.reasons.map(({ text }) => text)).toContain('1 platform not run')
  })

  test('unless that is meant', () => {
    const { record } = buildRunReport(mergeLogs(logs, { allowMissing: true }))
    expect(record.lost).toMatchObject([{ platform: 'linux/s390x', code: 'excluded', intended: true }])
  })
})

test('one job that never ended makes the whole incomplete', () => {
  const cut = { name: 'arm', events: writeRun([ARM]).slice(0, -1) }
  const { verdict } = buildRunReport(mergeLogs([name('amd', AMD, () => '1.0'), cut], { allowMissing: true }))
  expect(verdict.outcome).toBe('incomplete')
})

describe('refused', () => {
  function catchError(logs: Parameters<typeof mergeLogs>[0]): string {
    try {
      mergeLogs(logs)
    } catch (error) {
      expect(error).toBeInstanceOf(ArchparityError)
      return `${(error as ArchparityError).code}: ${(error as Error).message}`
    }
    throw new Error('they were merged')
  }
  const change = (log: ReturnType<typeof name>, edit: (event: LoggedEvent) => LoggedEvent) => ({
    ...log,
    events: log.events.map(edit),
  })

  test('logs of different indexes', () => {
    const other = change(name('arm', ARM), event =>
      event.type === 'image-resolved'
        ? { ...event, image: { ...event.image, digest: `sha256:${'f'.repeat(64)}` } }
        : event,
    )
    expect(catchError([name('amd', AMD), other])).toMatch(
      /^LOGS_DIFFER: amd and arm are not of the same index: sha256:\S+ and sha256:f{64}$/,
    )
    expect(mergeLogs([name('amd', AMD), other], { mixed: true }).length).toBeGreaterThan(5)
  })

  test.each([
    ['suites', { suites: ['suites/other.suite.ts'] }],
    ['content of the suites', { suitesDigest: 'sha256:1' }],
    ['settings of the comparison', { comparison: { normalize: [] } }],
    ['version of archparity', { archparity: '9.9.9' }],
  ])('logs with other %s', (what, edit) => {
    const other = change(name('arm', ARM), event =>
      event.type === 'run-started' ? { ...event, ...edit } : event,
    )
    expect(catchError([name('amd', AMD), other])).toContain(`are not of the same ${what}: `)
  })

  test('two logs of the same target', () => {
    expect(catchError([name('one', AMD), name('two', AMD)])).toBe(
      'LOGS_DIFFER: one and two both ran linux/amd64 native on host local',
    )
  })

  test('a log that ends before it says what it is of', () => {
    const cut = { name: 'arm', events: writeRun([ARM]).slice(0, 1) }
    expect(catchError([name('amd', AMD), cut])).toContain(
      'LOG_INVALID: arm ends before the image was resolved',
    )
  })
})
