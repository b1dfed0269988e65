import { expect, test } from 'vitest'
import { makeCheckId } from '../../src/model/check.js'
import { isDigest, shortenDigest } from '../../src/model/digest.js'

const HEX = '0123456789abcdef'.repeat(4)

test.each([
  [`sha256:${HEX}`, true],
  [`sha512:${HEX}${HEX}`, true],
  [`sha256:${HEX.toUpperCase()}`, false],
  [`sha256:${HEX.slice(1)}`, false],
  [`sha256:${HEX}0`, false],
  [`sha512:${HEX}`, false],
  [`md5:${HEX}`, false],
  [`sha256:../../${HEX.slice(6)}`, false],
  [` sha256:${HEX}`, false],
  [`sha256:${HEX}\n`, false],
  ['', false],
  [undefined, false],
  [7, false],
])('%j is a digest that can be verified: %s', (text, expected) => {
  expect(isDigest(text)).toBe(expected)
})

test('a short digest still names its algorithm', () => {
  expect(shortenDigest(`sha256:${HEX}`)).toBe('sha256:0123456789ab')
  expect(shortenDigest('latest')).toBe('latest')
})

test('checks of the same name in a file are counted from the second', () => {
  expect(makeCheckId('suites/a.suite.ts', 'b > c', 0)).toBe('suites/a.suite.ts > b > c')
  expect(makeCheckId('suites/a.suite.ts', 'b > c', 1)).toBe('suites/a.suite.ts > b > c #2')
})
