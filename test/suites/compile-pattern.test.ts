import { expect, test } from 'vitest'
import { compilePattern } from '../../src/suites/compile-pattern.js'

// RE2's syntax page, and Go's regexp package for what it reads of bytes.
test.each([
  ['^b$', 'a\nb', false],
  ['(?m)^b$', 'a\nb', true],
  ['a.b', 'a\nb', false],
  ['(?s)a.b', 'a\nb', true],
  ['(?i)ärger', 'ÄRGER', true],
  ['[[:alpha:]]+\\z', 'abc', true],
  ['\\pN', '٣', true],
  ['\\d', '٣', false],
  ['(?P<year>\\d{4})', '2026', true],
  ['x*', '', true],
  ['^$', '\n', false],
  ['\\bfoo\\b', 'a foo', true],
])('%s on %j: %s', (source, text, matches) => {
  expect(compilePattern(source).matches(text)).toBe(matches)
  expect(compilePattern(source).matches(Buffer.from(text))).toBe(matches)
})

test('bytes that are no UTF-8 are one character each', () => {
  expect(compilePattern('^caf.$').matches(Buffer.from([0x63, 0x61, 0x66, 0xe9]))).toBe(true)
})

test.each(['(?=a)', '(?<!a)', '\\1', '(a', 'a**', '[z-a]'])('%s is not of this syntax', source => {
  expect(() => compilePattern(source)).toThrow()
})

test('a pattern that others take for ever on is quick', () => {
  expect(compilePattern('(a+)+$').matches(`${'a'.repeat(20_000)}b`)).toBe(false)
})
