import { describe, expect, test } from 'vitest'
import { compareRun } from '../../src/compare/compare-run.js'
import type { CheckComparison } from '../../src/compare/comparison.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { HttpObservation, Observation } from '../../src/model/observation.js'
import { type Behaviour, bytes, type CheckOptions, command, LogWriter } from '../report/factory.js'
import { MACHINES } from '../report/scenarios.js'

const FOUR = ['linux/amd64', 'linux/386', 'linux/arm64', 'linux/s390x']

function compareAll(
  behave: (platform: string) => Behaviour,
  options: CheckOptions & { withNoise?: boolean } = {},
) {
  const log = new LogWriter(FOUR, { noise: options.withNoise ?? true })
  log.check('one', behave, options)
  return compareRun(buildRunRecord(log.finish()))
}
function compareOne(
  see: (platform: string) => Observation | readonly Observation[],
  options: CheckOptions = {},
): CheckComparison {
  const behave = (platform: string) => ({ observations: [see(platform)].flat() })
  return compareAll(behave, options).checks[0] as CheckComparison
}
/** `field: a b | c` for each difference, with platforms for targets. */
function summarize(comparison: CheckComparison): string[] {
  return comparison.differences.map(difference => {
    const classes = difference.classes.map(one =>
      one.targets.map(id => id.split(' ')[0]?.replace('linux/', '')).join(' '),
    )
    return `${difference.field}: ${classes.join(' | ')}`
  })
}
const onS390x = <T>(platform: string, there: T, elsewhere: T): T =>
  platform === 'linux/s390x' ? there : elsewhere
const file = (more: Partial<Extract<Observation, { kind: 'file' }>>): Observation => ({
  kind: 'file',
  path: '/etc/app.conf',
  exists: true,
  type: 'file',
  mode: '0644',
  uid: 0,
  gid: 0,
  content: bytes('x=1\n'),
  ...more,
})
const http = (more: Partial<HttpObservation>): Observation => ({
  kind: 'http',
  method: 'GET',
  url: 'http://127.0.0.1:32768/health?full=1',
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: bytes('{"ok":true}'),
  durationMs: 3,
  ...more,
})
const value = (it: unknown): Observation => ({ kind: 'value', name: 'answer', value: it })

describe('classes of equal values', () => {
  test('a healthy run has no differences', () => {
    const comparison = compareOne(platform => [
      command('uname -m', { stdout: `${MACHINES[platform]}\n`, durationMs: platform.length }),
      command('hostname', { stdout: onS390x(platform, 'aaaaaaaaaaaa\n', 'bbbbbbbbbbbb\n') }),
      command('echo', { stdout: onS390x(platform, 'I am aaaaaaaaaaaa\n', 'I am bbbbbbbbbbbb\n') }),
      file({}),
      http({
        url: onS390x(platform, 'http://127.0.0.1:1/health?full=1', 'http://127.0.0.1:2/health?full=1'),
        headers: { date: platform, etag: platform },
      }),
      value({ a: [1, 'x'], b: null }),
    ])
    expect(summarize(comparison)).toEqual([])
    expect(comparison.compared).toHaveLength(4)
  })

  test('shows who agrees, and the smallest diff against the reference', () => {
    const comparison = compareOne(platform =>
      command('app', { stdout: `a\nb\nc\n${onS390x(platform, 'version 0.9', 'version 1.0')}\nd\ne\nf\n` }),
    )
    expect(summarize(comparison)).toEqual(['stdout: amd64 386 arm64 | s390x'])
    const [base, other] = comparison.differences[0]?.classes ?? []
    expect(base).toMatchObject({ base: true, diff: [], value: 'a\nb\nc\n… 4 more lines' })
    expect(other?.diff).toEqual([
      { sign: '…', text: '2 equal lines' },
      { sign: ' ', text: 'c' },
      { sign: '-', text: 'version 1.0' },
      { sign: '+', text: 'version 0.9' },
      { sign: ' ', text: 'd' },
      { sign: '…', text: '2 equal lines' },
    ])
  })

  test('a diff shows the text as it was, not as it was compared', () => {
    const comparison = compareOne(platform =>
      command('app', { stdout: `on ${MACHINES[platform]} ${onS390x(platform, 'bad', 'good')}\n` }),
    )
    expect(comparison.differences[0]?.classes[1]?.diff).toEqual([
      { sign: '-', text: 'on x86_64 good' },
      { sign: '+', text: 'on s390x bad' },
    ])
  })

  test('more than two classes, each against the reference', () => {
    const texts: Record<string, string> = { 'linux/arm64': '2', 'linux/s390x': '3' }
    expect(summarize(compareOne(platform => command('app', { stdout: texts[platform] ?? '1' })))).toEqual([
      'stdout: amd64 386 | arm64 | s390x',
    ])
  })

  test.each<[string, (platform: string) => Observation, string[]]>([
    ['exit code', p => command('a', { exitCode: onS390x(p, 1, 0) }), ['exit code: amd64 386 arm64 | s390x']],
    [
      'signal',
      p => command('a', { exitCode: 139, ...onS390x<object>(p, { signal: 'SIGSEGV' }, {}) }),
      ['exit code: amd64 386 arm64 | s390x'],
    ],
    [
      'timeout',
      p => command('a', { timedOut: onS390x(p, true, false) }),
      ['exit code: amd64 386 arm64 | s390x'],
    ],
    [
      'start error',
      p => command('a', onS390x<object>(p, { startError: 'not-found', exitCode: 127 }, {})),
      ['exit code: amd64 386 arm64 | s390x'],
    ],
    [
      'stderr',
      p => command('a', { stderr: onS390x(p, 'warning\n', '') }),
      ['stderr: amd64 386 arm64 | s390x'],
    ],
    [
      'a trailing newline',
      p => command('a', { stdout: onS390x(p, 'x', 'x\n') }),
      ['stdout: amd64 386 arm64 | s390x'],
    ],
    [
      'the sign of NaN',
      p => command('a', { stdout: onS390x(p, 'nan', '-nan') }),
      ['stdout: amd64 386 arm64 | s390x'],
    ],
    [
      'a foreign machine',
      p => command('uname -m', { stdout: onS390x(p, 'x86_64', MACHINES[p] ?? '') }),
      ['stdout: amd64 386 arm64 | s390x'],
    ],
    [
      'a missing file',
      p => (p === 'linux/s390x' ? { kind: 'file', path: '/etc/app.conf', exists: false } : file({})),
      ['exists: amd64 386 arm64 | s390x'],
    ],
    ['mode', p => file({ mode: onS390x(p, '4755', '0755') }), ['mode: amd64 386 arm64 | s390x']],
    ['owner', p => file({ uid: onS390x(p, 1000, 0) }), ['owner: amd64 386 arm64 | s390x']],
    ['group', p => file({ gid: onS390x(p, 1000, 0) }), ['owner: amd64 386 arm64 | s390x']],
    [
      'content',
      p => file({ content: bytes(onS390x(p, 'x=2\n', 'x=1\n')) }),
      ['content: amd64 386 arm64 | s390x'],
    ],
    [
      'ELF machine',
      p => file({ elfMachine: onS390x(p, 'amd64', p.slice('linux/'.length)) }),
      ['ELF machine: amd64 386 arm64 | s390x'],
    ],
    [
      'no ELF file',
      p => file(onS390x<object>(p, {}, { elfMachine: p.slice('linux/'.length) })),
      ['ELF machine: amd64 386 arm64 | s390x'],
    ],
    ['HTTP status', p => http({ status: onS390x(p, 500, 200) }), ['status: amd64 386 arm64 | s390x']],
    [
      'no answer',
      p =>
        p === 'linux/s390x'
          ? {
              kind: 'http',
              method: 'GET',
              url: 'http://x:1/health?full=1',
              error: 'ECONNREFUSED',
              durationMs: 1,
            }
          : http({}),
      ['status: amd64 386 arm64 | s390x'],
    ],
    [
      'header',
      p => http({ headers: { 'content-type': onS390x(p, 'text/html', 'application/json') } }),
      ['headers: amd64 386 arm64 | s390x'],
    ],
    ['body', p => http({ body: bytes(onS390x(p, '{}', '[]')) }), ['body: amd64 386 arm64 | s390x']],
    ['value', p => value({ a: { b: onS390x(p, 1, 2) } }), ['value: amd64 386 arm64 | s390x']],
    ['type of a value', p => value(onS390x<unknown>(p, '1', 1)), ['value: amd64 386 arm64 | s390x']],
    ['bytes', p => command('a', { stdout: onS390x(p, 'b', 'a') }), ['stdout: amd64 386 arm64 | s390x']],
  ])('%s', (_, see, expected) => expect(summarize(compareOne(see))).toEqual(expected))

  test('bytes that are no text are compared by their hash', () => {
    const binary = (bytes: number[]) => ({
      base64: Buffer.from(bytes).toString('base64'),
      bytes: bytes.length,
      truncated: false,
    })
    const see = (platform: string): Observation =>
      ({ ...command('a'), stdout: binary([0xff, onS390x(platform, 1, 2)]) }) as Observation
    expect(summarize(compareOne(see))).toEqual(['stdout: amd64 386 arm64 | s390x'])
    expect(summarize(compareOne(() => ({ ...command('a'), stdout: binary([0xff]) }) as Observation))).toEqual(
      [],
    )
  })

  test('keys of a value may stand in any order, an architecture’s word may stand in it', () => {
    expect(summarize(compareOne(p => value(onS390x<unknown>(p, { b: 1, a: 2 }, { a: 2, b: 1 }))))).toEqual([])
    expect(summarize(compareOne(p => value({ [MACHINES[p] ?? '']: `lib/${MACHINES[p]}` })))).toEqual([])
  })
})

describe('cut output', () => {
  const flood = (text: string, sha256: string) =>
    ({ ...command('flood'), stdout: bytes(text, { bytes: 1e6, truncated: true, sha256 }) }) as Observation

  test('the same bytes are equal, other bytes beyond the cut are not', () => {
    expect(summarize(compareOne(() => flood('x\ny\nz', 'aa')))).toEqual([])
    expect(summarize(compareOne(p => flood('x\ny\nz', onS390x(p, 'bb', 'aa'))))).toEqual([
      'stdout: amd64 386 arm64 | s390x',
    ])
    expect(
      summarize(compareOne(p => flood(onS390x(p, 'x\nq\nz', 'x\ny\nz'), onS390x(p, 'bb', 'aa')))),
    ).toEqual(['stdout: amd64 386 arm64 | s390x'])
  })

  test('where words were normalised only the kept lines can be compared, and that is told', () => {
    const comparison = compareOne(p => flood(`${MACHINES[p]}\ny\nz`, p))
    expect(summarize(comparison)).toEqual([])
    expect(comparison.masks).toContainEqual(expect.objectContaining({ field: 'stdout', reason: 'kept-part' }))
  })
})

describe('which targets take part', () => {
  test('only those on which the check decided', () => {
    const statuses = { 'linux/386': 'errored', 'linux/s390x': 'skipped' } as const
    const comparison = compareAll(platform => ({
      status: statuses[platform as keyof typeof statuses] ?? 'passed',
      observations: [command('a', { stdout: platform in statuses ? 'other' : 'same' })],
    })).checks[0] as CheckComparison
    expect(summarize(comparison)).toEqual([])
    expect(comparison.compared).toEqual(['linux/amd64 native@local', 'linux/arm64 emulated@local'])
    expect(comparison.statuses.get('linux/s390x emulated@local')).toBe('skipped')
  })

  test('an observation that a passing target lacks is a difference; a failing one stopped early', () => {
    const behave = (status: 'passed' | 'failed') => (platform: string) => ({
      status: onS390x(platform, status, 'passed' as const),
      observations: onS390x(platform, [command('a')], [command('a'), command('b')]),
    })
    expect(summarize(compareAll(behave('passed')).checks[0] as CheckComparison)).toEqual([
      'observed: amd64 386 arm64 | s390x',
    ])
    expect(summarize(compareAll(behave('failed')).checks[0] as CheckComparison)).toEqual([])
  })

  test('the same command twice is compared in order', () => {
    const see = (platform: string) => [
      command('date', { stdout: '1' }),
      command('date', { stdout: onS390x(platform, '3', '2') }),
    ]
    const comparison = compareOne(see)
    expect(comparison.differences).toMatchObject([{ label: 'date', ordinal: 1 }])
  })

  test('a command that names the architecture is the same command', () => {
    expect(summarize(compareOne(p => command(`ls /lib/${MACHINES[p]}-linux-gnu`)))).toEqual([])
  })

  test('a reference that failed is no measure for those that passed', () => {
    const comparison = compareAll(platform => ({
      status: platform === 'linux/amd64' ? 'failed' : 'passed',
      observations: [command('a', { stdout: platform === 'linux/amd64' ? 'bad' : 'good' })],
    })).checks[0] as CheckComparison
    expect(summarize(comparison)).toEqual(['stdout: 386 arm64 s390x | amd64'])
  })
})

describe('noise', () => {
  const noisy = (main: (platform: string) => Observation, second: Observation, withNoise = true) =>
    compareAll(platform => ({ observations: [main(platform)] }), {
      noise: { observations: [second] },
      withNoise,
    })

  test('what differs between two runs of the reference is masked everywhere, and told', () => {
    const { checks, noiseLearned } = noisy(
      p => command('a', { stdout: `ticket ${p.length * 7} ok\n` }),
      command('a', { stdout: 'ticket 5 ok\n' }),
    )
    expect(summarize(checks[0] as CheckComparison)).toEqual([])
    expect(checks[0]?.masks).toEqual([
      { kind: 'command', label: 'a', field: 'stdout', reason: 'noise-lines', what: ['ticket ‹noise› ok'] },
    ])
    expect(noiseLearned).toBe(true)
  })

  test('without the second run the same is a difference', () => {
    const { checks, noiseLearned } = noisy(
      p => command('a', { stdout: `ticket ${p.length * 7} ok\n` }),
      command('a'),
      false,
    )
    expect(summarize(checks[0] as CheckComparison)).not.toEqual([])
    expect(noiseLearned).toBe(false)
  })

  test('what is not noise still differs', () => {
    const { checks } = noisy(
      p => command('a', { stdout: `ticket ${p.length * 7} ${onS390x(p, 'bad', 'ok')}\n` }),
      command('a', { stdout: 'ticket 5 ok\n' }),
    )
    expect(summarize(checks[0] as CheckComparison)).toEqual(['stdout: amd64 386 arm64 | s390x'])
  })

  test('paths of values and headers', () => {
    const seeValue = (p: string) => value({ at: p, fixed: 1 })
    expect(summarize(noisy(seeValue, value({ at: 'now', fixed: 1 })).checks[0] as CheckComparison)).toEqual(
      [],
    )
    const seeHeader = (p: string) => http({ headers: { 'x-request-id': p, server: 'x' } })
    const { checks } = noisy(seeHeader, http({ headers: { 'x-request-id': 'q', server: 'x' } }))
    expect(summarize(checks[0] as CheckComparison)).toEqual([])
    expect(checks[0]?.masks).toMatchObject([
      { field: 'headers', reason: 'noise-paths', what: ['$.x-request-id'] },
    ])
    const seeOther = (p: string) => http({ headers: { 'x-request-id': p, server: onS390x(p, 'y', 'x') } })
    expect(
      summarize(
        noisy(seeOther, http({ headers: { 'x-request-id': 'q', server: 'x' } })).checks[0] as CheckComparison,
      ),
    ).toEqual(['headers: amd64 386 arm64 | s390x'])
  })

  test('a text whose shape changes is not compared', () => {
    const { checks } = noisy(p => command('a', { stdout: p }), command('a', { stdout: 'a\nb\n' }))
    expect(summarize(checks[0] as CheckComparison)).toEqual([])
    expect(checks[0]?.masks).toMatchObject([{ field: 'stdout', reason: 'noise' }])
  })

  test('a command whose name changes from run to run is not missing', () => {
    const { checks } = noisy(p => command(`touch /tmp/x.${p.length}${p}`), command('touch /tmp/x.other'))
    expect(summarize(checks[0] as CheckComparison)).toEqual([])
    expect(checks[0]?.masks[0]).toMatchObject({ reason: 'noise-label', field: 'observed' })
  })

  test('a status that changes is no noise', () => {
    const comparison = compareAll(() => ({ observations: [command('a', { stdout: '1' })] }), {
      noise: { status: 'failed', observations: [command('a', { stdout: '2' })] },
    }).checks[0] as CheckComparison
    expect(comparison.unstable).toEqual({
      target: 'linux/amd64 native@local',
      main: 'passed',
      noise: 'failed',
    })
    expect(comparison.masks).toEqual([])
  })

  test('logs that one target was asked for earlier are not different', () => {
    const logs = (text: string): Observation => ({ kind: 'logs', stdout: bytes(text), stderr: bytes('') })
    const comparison = compareOne(p => logs(onS390x(p, 'start\n', 'start\nready\n')))
    expect(summarize(comparison)).toEqual([])
    expect(comparison.masks).toMatchObject([{ field: 'stdout', reason: 'still-growing' }])
    expect(summarize(compareOne(p => logs(onS390x(p, 'panic\n', 'start\nready\n'))))).toEqual([
      'stdout: amd64 386 arm64 | s390x',
    ])
  })
})

test('the rules that fired are counted, those that did not are absent', () => {
  const { rules } = compareAll(platform => ({
    observations: [
      command('uname -m', { stdout: `${MACHINES[platform]}\n` }),
      http({ headers: { Date: 'x' } }),
    ],
  }))
  expect(rules.map(rule => [rule.name, rule.lines])).toEqual([
    ['architecture-words', 4],
    ['volatile-headers', 1],
  ])
})

describe('commands that name an architecture', () => {
  test('in the same words on all targets are the same command', () => {
    expect(compareOne(() => command('ls /lib/aarch64-linux-gnu', { exitCode: 2 })).differences).toEqual([])
    const both = () => [command('check x86_64', { exitCode: 0 }), command('check aarch64', { exitCode: 1 })]
    expect(compareOne(both).differences).toEqual([])
  })

  test('each its own are the same command too', () => {
    const names: Readonly<Record<string, string>> = {
      ...{ 'linux/amd64': 'x86_64', 'linux/386': 'i386', 'linux/arm64': 'aarch64', 'linux/s390x': 's390x' },
    }
    const own = (platform: string) => command(`ls /lib/${names[platform]}-linux-gnu`)
    expect(compareOne(own).differences).toEqual([])
    const worse = (platform: string) =>
      command(`ls /lib/${names[platform]}-linux-gnu`, { exitCode: platform === 'linux/s390x' ? 2 : 0 })
    expect(summarize(compareOne(worse))).toEqual(['exit code: amd64 386 arm64 | s390x'])
  })
})
