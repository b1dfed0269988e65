import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { EXIT, exitCodeOfError } from '../../src/cli/exit-codes.js'
import { printError } from '../../src/cli/print-error.js'
import { createProgress } from '../../src/cli/progress.js'
import { formatTable } from '../../src/cli/table.js'
import { writeReports } from '../../src/cli/write-reports.js'
import { ArchparityError, describeError } from '../../src/errors.js'
import type { LoggedEvent, RunEvent } from '../../src/model/events.js'
import type { RunReport } from '../../src/report/run-report.js'

/** A stream that is no terminal, and what was written to it. */
function openStream() {
  const stream = new PassThrough()
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    read: () => (stream.read() as Buffer | null)?.toString() ?? '',
  }
}

describe('errors', () => {
  test('one that was raised on purpose says what happened and what to do, and no more', () => {
    const { stream, read } = openStream()
    const error = new ArchparityError('PULL_FAILED', 'It failed\nhere', { hint: 'Try \x1b[31mthis' })
    expect(printError(error, stream)).toBe(EXIT.incomplete)
    expect(read()).toBe('error It failed\nhere\n  try Try \\x1b[31mthis\n')
  })

  test('one without advice has none', () => {
    const { stream, read } = openStream()
    expect(printError(new ArchparityError('USAGE', 'No'), stream)).toBe(EXIT.usage)
    expect(read()).toBe('error No\n')
  })

  test('anything else is a bug, and shown as one', () => {
    const { stream, read } = openStream()
    expect(printError(new TypeError('oops'), stream)).toBe(EXIT.usage)
    expect(read()).toMatch(/^error archparity itself failed.*\nTypeError: oops\n +at /)
    expect(printError('words', stream)).toBe(EXIT.usage)
    expect(read()).toContain('words')
  })

  test('an error of errors says all of them', () => {
    expect(describeError(new AggregateError([new Error('a'), new Error('b')]))).toBe('a; b')
    expect(describeError(new AggregateError([new Error('a')], 'own'))).toBe('own')
    expect(describeError(undefined)).toBe('undefined')
  })

  test('the codes are those that are promised', () => {
    expect(EXIT).toEqual({ parity: 0, failed: 1, usage: 2, incomplete: 3, interrupted: 130 })
    expect(exitCodeOfError('usage')).toBe(2)
    expect(exitCodeOfError('coverage')).toBe(3)
    expect(exitCodeOfError('internal')).toBe(2)
  })
})

test('a table is aligned, without trailing spaces, and safe', () => {
  expect(formatTable([['a', 'bb'], ['ccc', 'd', 'e'], []])).toBe('a    bb\nccc  d   e\n')
  expect(formatTable([['x\n\x1b[2J', 'y']])).toBe('x\\n\\x1b[2J  y')
  expect(formatTable([])).toBe('')
})

describe('reports', () => {
  const format = (file: string, render: () => string) => ({ file, description: '', render })

  test('one that cannot be written or rendered keeps none of the others back', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'reports-test-'))
    const directory = path.join(root, 'deep', 'down')
    const broken = () => {
      throw new Error('no luck')
    }
    const { files, problems } = writeReports({} as RunReport, directory, [
      format('a.txt', () => 'A'),
      format('b.txt', broken),
      format('nope/c.txt', () => 'C'),
      format('d.txt', () => 'D'),
    ])
    expect(files).toEqual([path.join(directory, 'a.txt'), path.join(directory, 'd.txt')])
    expect(await readFile(files[1] as string, 'utf8')).toBe('D')
    expect(problems.map(each => each.code)).toEqual(['REPORT_FAILED', 'REPORT_FAILED'])
    expect(problems[0]?.message).toMatch(/b\.txt.*no luck/)
    await rm(root, { recursive: true })
  })

  test('a disk that is full is told for each', () => {
    const { files, problems } = writeReports({} as RunReport, '/dev', [format('full', () => 'text')])
    expect(files).toEqual([])
    expect(problems[0]?.message).toMatch(/\/dev\/full.*ENOSPC/)
  })
})

describe('progress without a terminal', () => {
  function show(...events: object[]) {
    const { stream, read } = openStream()
    const progress = createProgress(stream, false)
    for (const event of events) progress.onEvent({ at: '', ...event } as LoggedEvent)
    progress.onPull('linux/arm64', { current: 1, total: 2 })
    progress.stop()
    return read()
  }

  const target = { id: 't', label: 'linux/arm64' }
  const planned = { type: 'target-planned', target }
  const finish = (status: string, pass = 'main') => ({
    type: 'check-finished',
    target: 't',
    pass,
    status,
    check: { file: 'a.suite.ts', name: 'b > c' },
  })

  test('is a line for what the reader must know, and none for the rest', () => {
    expect(
      show(
        {
          type: 'image-resolved',
          image: { reference: 'acme/app:1', digest: `sha256:${'0'.repeat(64)}`, platforms: [1, 2] },
        },
        planned,
        { type: 'coverage-lost', lost: { platform: 'linux/386', reason: 'left out', intended: true } },
        { type: 'coverage-lost', lost: { platform: 'linux/s390x', reason: 'no handler', intended: false } },
        { type: 'image-pulled', target: 't', fetched: true, proof: ['image id'], durationMs: 1234 },
        { type: 'check-started', target: 't', pass: 'main', check: { name: 'b > c' } },
        finish('passed'),
        finish('failed'),
        finish('failed', 'noise'),
        finish('errored'),
        finish('skipped'),
        { type: 'suite-errored', target: 't', pass: 'main', file: 'x.suite.ts', message: 'one\ntwo' },
        { type: 'program-executed', target: 't', expected: true },
        { type: 'program-executed', target: 't', expected: false, message: '/bin/x is foreign' },
        { type: 'host-lost', host: 'local', message: 'gone' },
      ),
    ).toBe(
      [
        'resolved  acme/app:1 → sha256:000000000000, 2 platforms',
        'lost      linux/s390x: no handler',
        'pulled    linux/arm64 (image id, 1.2 s)',
        'failed    linux/arm64  a.suite.ts > b > c',
        'errored   linux/arm64  a.suite.ts > b > c',
        'errored   linux/arm64  x.suite.ts: one',
        'foreign   /bin/x is foreign',
        'lost      host local: gone',
        '',
      ].join('\n'),
    )
  })

  test('what a registry or an image says cannot reach the terminal’s controls', () => {
    const nasty = '\x1b]0;title\x07\x1b[2J\r\nfake line'
    const said = show(
      { type: 'target-planned', target: { id: 't', label: `linux/${nasty}` } },
      { type: 'coverage-lost', lost: { platform: nasty, reason: nasty, intended: false } },
      { type: 'host-lost', host: 'local', message: nasty } satisfies RunEvent,
      { type: 'program-executed', target: 't', expected: false, message: nasty },
      finish('failed'),
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(said).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/)
    expect(said.trim().split('\n')).toHaveLength(4)
  })
})
