import { expect, test } from 'vitest'
import { judgeStdOut } from '../../../src/suites/test-directory/judge-std-out.js'

test.each([
  ['as it is', 'a\n', 'a\n'],
  ['without a line end', 'a\n', 'a'],
  ['with many', 'a\n', 'a\n\n\n'],
  ['nothing at all', '\n', ''],
  ['NUL bytes, which shells leave out', 'ab\n', 'a\0b\n'],
])('what a shell’s $(…) would take: %s', (_, expected, written) => {
  expect(judgeStdOut(expected, Buffer.from(written))).toBeUndefined()
})

test.each([
  ['another line', 'a\nb\n', 'a\nc\n', '-b\n+c'],
  ['where the two part', 'a\nb\n', 'a\nc\n', ': line 2 is "c", expected "b"\n'],
  ['more than is expected', 'a\n', 'a\nb\n', ': line 2 is "b", expected ""\n'],
  ['less than is expected', 'a\nb\n', 'a', ': line 2 is "", expected "b"\n'],
  [
    'an end of line that is expected too',
    'a\n\n',
    'a\n',
    'that file ends with 2 line ends, and must end with one',
  ],
  ['white space', 'a\n', 'a \n', '-a\n+a '],
  ['an expectation without a line end', 'a', 'a\n', '-a\n\\ No newline at end of file\n+a'],
  ['an expectation with two', 'a\n\n', 'a\n\n', '-'],
])('%s is told with the difference', (_, expected, written, shown) => {
  const problem = judgeStdOut(expected, Buffer.from(written))
  expect(problem).toContain('standard output is not that of expected-std-out.txt: ')
  expect(problem).toContain(shown)
})

test('of a flood the beginning is shown', () => {
  const problem = judgeStdOut('a\n', Buffer.from('y\n'.repeat(200_000)))
  expect(problem?.length).toBeLessThan(2500)
})
