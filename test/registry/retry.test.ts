import { expect, test } from 'vitest'
import { ArchparityError } from '../../src/errors.js'
import {
  choosePause,
  DEFAULT_RETRY,
  readRetryAfter,
  TransientFailure,
  withRetries,
} from '../../src/registry/http/retry.js'
import { redactUrl, sanitizeText } from '../../src/registry/http/sanitize.js'
import { createTestClock } from './synthetic.js'

const NOW = Date.UTC(2024, 4, 1, 12)

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['Wed, 01 May 2024 12:00:30 GMT', 30_000],
  ['Wed, 01 May 2024 11:00:00 GMT', 0],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
])('Retry-After %j', (value, expected) => {
  expect(readRetryAfter(value, NOW)).toBe(expected)
})

test('pauses double up to a limit, vary by half, and keep to what was asked for', () => {
  const clock = createTestClock()
  const pauses = [1, 2, 3, 4, 5, 6, 7].map(attempt => choosePause(attempt, undefined, DEFAULT_RETRY, clock))
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
  const late = { ...clock, random: () => 0.999_999 }
  expect(Math.round(choosePause(1, undefined, DEFAULT_RETRY, late))).toBe(500)
  expect(choosePause(1, 30_000, DEFAULT_RETRY, clock)).toBe(30_000)
  expect(choosePause(4, 10, DEFAULT_RETRY, clock)).toBe(2000)
})

test('what is not transient is thrown at once, and so is an interruption', async () => {
  const clock = createTestClock()
  let tries = 0
  const bug = new TypeError('bug')
  await expect(
    withRetries(
      async () => {
        tries += 1
        throw bug
      },
      DEFAULT_RETRY,
      clock,
    ),
  ).rejects.toBe(bug)
  expect(tries).toBe(1)
  const failure = new TransientFailure(new ArchparityError('REGISTRY_FAILED', 'no'))
  await expect(
    withRetries(() => Promise.reject(failure), DEFAULT_RETRY, clock, AbortSignal.abort(bug)),
  ).rejects.toBe(bug)
})

test.each([
  ['a\u0000b\u001b[31m\nc', 'a b [31m c'],
  ['\u202eright\u2066 to\u200b left', 'right to left'],
  ['x'.repeat(400), `${'x'.repeat(297)}...`],
])('words of a registry are made fit for a line: %j', (text, expected) => {
  expect(sanitizeText(text)).toBe(expected)
})

test.each([
  ['https://bob:s3cret@r.example/v2/a?token=x#y', 'https://r.example/v2/a?...'],
  ['http://[::1]:5000/v2/', 'http://[::1]:5000/v2/'],
  ['nonsense', '(not a URL)'],
])('a URL is shown without secrets: %s', (url, expected) => {
  expect(redactUrl(url)).toBe(expected)
})
