import { describe, expect, test } from 'vitest'
import { validateConfig } from '../../src/config/validate.js'

const messageOf = (value: unknown): string => {
  try {
    validateConfig(value, 'x')
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

test('what is allowed is accepted; platforms take their full name', () => {
  const config = {
    differences: [
      { reason: 'so it is' },
      {
        check: 'a > b',
        field: 'exit code',
        platforms: ['arm64'],
        pattern: '^x$',
        contains: 'x',
        reason: 'r',
      },
      { status: true, platforms: ['linux/arm/v7'], expires: '2028-02-29', reason: 'r' },
    ],
    normalize: [
      { name: 'ids', pattern: 'id=(?P<id>\\d+) (\\w)', flags: 'gi', replace: '$<id> $2' },
      { name: 'dates', pattern: '\\d+', replace: '', fields: ['stdout', 'value'], checks: ['a'] },
    ],
  }
  const { differences, normalize } = validateConfig(config, 'x')
  expect(differences?.[1]?.platforms).toEqual(['linux/arm64'])
  expect(normalize).toEqual(config.normalize)
})

describe('what is not allowed is named by its key', () => {
  test.each<[object, string, string]>([
    [{ field: 'stdout' }, 'differences.0.reason', 'string'],
    [{ reason: '  ' }, 'differences.0.reason (is "  ")', 'why'],
    [{ reason: 'r', field: 'output' }, 'differences.0.field (is "output")', 'stdout'],
    [
      { reason: 'r', platforms: ['linux/a/b/c'] },
      'differences.0.platforms.0 (is "linux/a/b/c")',
      'os/architecture',
    ],
    [{ reason: 'r', platforms: [] }, 'differences.0.platforms', ''],
    [{ reason: 'r', check: '(' }, 'differences.0.check (is "(")', 'missing closing )'],
    [{ reason: 'r', pattern: 'a(?=b)' }, 'differences.0.pattern', 'look-around'],
    [{ reason: 'r', expires: '2026-02-30' }, 'differences.0.expires (is "2026-02-30")', 'YYYY-MM-DD'],
    [{ reason: 'r', expires: '26-2-3' }, 'differences.0.expires', 'YYYY-MM-DD'],
    [{ reason: 'r', status: true }, 'differences.0.platforms', 'named platforms'],
    [{ reason: 'r', status: true, platforms: ['arm64'], field: 'stdout' }, 'differences.0.field', 'status'],
    [{ reason: 'r', platform: 'arm64' }, 'unknown setting "differences.0.platform"', ''],
  ])('differences: %o', (difference, key, allowed) => {
    const message = messageOf({ differences: [difference] })
    expect(message).toContain(key)
    expect(message).toContain(allowed)
  })

  test.each<[object, string, string]>([
    [{ name: 'Ids' }, 'normalize.0.name (is "Ids")', 'small letters'],
    [{ name: 'run-times' }, 'normalize.0.name (is "run-times")', 'built-in'],
    [{ pattern: '[' }, 'normalize.0.pattern (is "[")', 'missing closing ]'],
    [{ pattern: 'x*' }, 'normalize.0.pattern (is "x*")', 'empty text'],
    [{ pattern: '(a)\\1' }, 'normalize.0.pattern', 'back-references'],
    [{ flags: 'x' }, 'normalize.0.flags (is "x")', 'i'],
    [{ replace: '$2' }, 'normalize.0.replace (is "$2")', 'group'],
    [{ replace: '$<b>' }, 'normalize.0.replace', 'group'],
    [{ fields: ['exit code'] }, 'normalize.0.fields.0 (is "exit code")', 'stdout'],
    [{ checks: ['('] }, 'normalize.0.checks.0 (is "(")', 'missing closing )'],
  ])('normalize: %o', (more, key, allowed) => {
    const message = messageOf({ normalize: [{ name: 'a', pattern: '(a)', replace: '', ...more }] })
    expect(message).toContain(key)
    expect(message).toContain(allowed)
  })

  test('two rules of one name', () => {
    const rule = { name: 'a', pattern: 'a', replace: '' }
    expect(messageOf({ normalize: [rule, rule] })).toContain(
      'normalize.1.name (is "a"): the name of an earlier',
    )
  })
})
