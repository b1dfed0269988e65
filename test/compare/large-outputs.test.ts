import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { CapturedBytes } from '../../src/model/observation.js'
import { renderJunit } from '../../src/report/junit/render-junit.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { bytes, command, LogWriter } from '../report/factory.js'

function compare(see: (isOther: boolean) => CapturedBytes) {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'])
  log.check('one', platform => ({
    observations: [{ ...command('flood'), stdout: see(platform === 'linux/arm64') }],
  }))
  return buildRunReport(log.finish())
}
const notes = (see: (isOther: boolean) => CapturedBytes) =>
  compare(see).comparison.checks[0]?.differences[0]?.classes[1]?.diff.map(line => `${line.sign} ${line.text}`)

/** What is kept of a text whose first bytes only fit. */
const cut = (text: string, kept: number): CapturedBytes => ({
  text: text.slice(0, kept),
  bytes: text.length,
  truncated: true,
  sha256: createHash('sha256').update(text).digest('hex'),
})
const LINES = Array.from({ length: 1000 }, (_, index) => `line ${index + 1}`)
const flood = (line: number, text: string) => LINES.map((old, i) => (i + 1 === line ? text : old)).join('\n')

test('the first difference of cut outputs is shown with its number of line', () => {
  expect(notes(isOther => cut(flood(300, isOther ? 'wrong' : 'right'), 5000))).toEqual([
    '… first difference at line 300',
    '… 298 equal lines',
    '  line 299',
    '- right',
    '+ wrong',
    '  line 301',
    expect.stringMatching(/^… \d+ equal lines$/),
  ])
})

test('lines that a rule leaves out are counted', () => {
  const vdso = 'linux-vdso.so.1 (0x00007ffc0)\n'
  expect(notes(isOther => cut(vdso + flood(3, isOther ? 'wrong' : 'right'), 5000))?.[0]).toBe(
    '… first difference at line 4',
  )
})

test('where only what was not kept differs, the report says from where on', () => {
  const see = (isOther: boolean) => cut(flood(900, isOther ? 'wrong' : 'right'), 5000)
  expect(notes(see)).toEqual([
    '… the first 5000 bytes are equal; from there on nothing is kept, but the hashes of the 8889 bytes differ',
  ])
  const sizes = (isOther: boolean) => cut(flood(900, isOther ? 'longer' : 'right'), 5000)
  expect(notes(sizes)?.[0]).toContain('the hashes of the 8889 bytes there and the 8890 bytes here differ')
})

test('the line in the middle of which the kept part ends is looked at too', () => {
  const see = (isOther: boolean) => cut(flood(2, isOther ? 'a wrong line' : 'a right line'), 10)
  expect(notes(see)?.[0]).toBe('… first difference at line 2, the last that is kept')
})

test('equal hashes are equal', () => {
  expect(notes(() => cut(flood(1, 'x'), 5000))).toBeUndefined()
})

test('where words were normalised, the rest is not compared, and the reports say from which byte on', () => {
  const report = compare(isOther => cut(flood(2, isOther ? 'aarch64' : 'x86_64').padEnd(9999, '.'), 5000))
  expect(report.comparison.checks[0]?.masks).toMatchObject([
    { reason: 'kept-part', what: ['from byte 5000 on'] },
  ])
  expect(renderJunit(report)).toContain('stdout of flood from byte 5000 on')
})

test('an output that ends where the other is cut', () => {
  const see = (isOther: boolean) => (isOther ? bytes('line 1\nline 2') : cut(flood(0, ''), 5000))
  expect(notes(see)?.[0]).toBe('… first difference at line 2, where the shorter output ends')
})

const binary = (data: number[], more: Partial<CapturedBytes> = {}): CapturedBytes => ({
  base64: Buffer.from(data).toString('base64'),
  bytes: data.length,
  truncated: false,
  ...more,
})

test.each<[string, number[], Partial<CapturedBytes>, string]>([
  ['a byte', [255, 1, 9], {}, 'first difference at byte 2'],
  ['the length', [255, 1], {}, 'first difference at byte 2'],
  [
    'only what was not kept',
    [255, 1, 2],
    { truncated: true, sha256: 'other', bytes: 90 },
    'the first 3 bytes are equal; from there on nothing is kept, but the hashes of the 80 bytes there and the 90 bytes here differ',
  ],
])('of bytes that are no text, %s', (_, other, more, shown) => {
  const cutAlso = more.truncated === true ? { truncated: true, sha256: 'one', bytes: 80 } : {}
  const see = (isOther: boolean) => (isOther ? binary(other, more) : binary([255, 1, 2], cutAlso))
  expect(notes(see)?.[0]).toBe(`… ${shown}`)
})
