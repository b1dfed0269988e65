import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../src/config/schema.js'
import { findNearest, validateConfig } from '../../src/config/validate.js'
import { ArchparityError } from '../../src/errors.js'

/** The error that a configuration gives. */
function fail(value: unknown): ArchparityError {
  try {
    validateConfig(value, 'archparity.config.ts')
  } catch (error) {
    if (error instanceof ArchparityError) return error
    throw error
  }
  throw new Error('it was accepted')
}

test('everything that is allowed is accepted as it is', () => {
  const config = {
    image: 'acme/app:1',
    suites: ['checks/**/*.suite.ts'],
    platforms: ['linux/arm64', 'amd64'],
    excludePlatforms: [],
    reference: 'linux/arm/v7',
    reports: 'out',
    insecureRegistries: ['registry.test:5000'],
    concurrency: 1,
    pullConcurrency: 64,
    commandTimeout: 1,
    checkTimeout: 86_400_000,
    startTimeout: 60_000,
    maxOutput: 1,
    retry: 0,
    noise: false,
    start: 'idle',
    foreignPrograms: ['/opt/emu/*', '/bin/x'],
  }
  expect(validateConfig(config, 'x')).toEqual(config)
})

test('the defaults are themselves allowed', () => {
  expect(validateConfig(DEFAULTS, 'x')).toEqual(DEFAULTS)
})

test('a setting that is undefined is not set', () => {
  expect(validateConfig({ retry: undefined, image: 'x' }, 'x')).toStrictEqual({ image: 'x' })
})

describe('an unknown setting', () => {
  test.each([
    ['platform', 'platforms'],
    ['Retry', 'retry'],
    ['comandTimeout', 'commandTimeout'],
    ['maxoutput', 'maxOutput'],
    ['excludePlatform', 'excludePlatforms'],
  ])('%s: did you mean %s?', (key, meant) => {
    const error = fail({ [key]: 1 })
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', category: 'usage' })
    expect(error.message).toBe(`archparity.config.ts: unknown setting "${key}", did you mean "${meant}"?`)
    expect(error.hint).toContain('platforms, excludePlatforms')
  })

  test('nothing is suggested where nothing is near', () => {
    expect(fail({ zzzzzz: 1 }).message).toBe('archparity.config.ts: unknown setting "zzzzzz"')
  })

  test('all of them are told at once', () => {
    const { message } = fail({ platform: [], retrys: 1, retry: 'x' })
    expect(message).toContain('"platform"')
    expect(message).toContain('"retrys"')
    expect(message).toContain('retry (is "x")')
  })
})

describe('a bad value is named with its key', () => {
  test.each<[object, string[]]>([
    [{ retry: -1 }, ['retry (is -1)', '0']],
    [{ retry: 1.5 }, ['retry (is 1.5)']],
    [{ retry: '3' }, ['retry (is "3")', 'number']],
    [{ retry: Number.NaN }, ['retry', 'number']],
    [{ concurrency: 0 }, ['concurrency (is 0)', '1']],
    [{ commandTimeout: 86_400_001 }, ['commandTimeout (is 86400001)', '86400000']],
    [{ maxOutput: 1e12 }, ['maxOutput', '268435456']],
    [{ platforms: [] }, ['platforms (is [])']],
    [{ platforms: ['linux/amd64', 'linux/a/b/c'] }, ['platforms.1 (is "linux/a/b/c")', 'os/architecture']],
    [{ platforms: 'linux/amd64' }, ['platforms (is "linux/amd64")', 'array']],
    [{ reference: 'linux' }, ['reference (is "linux")', 'os/architecture']],
    [{ start: 'now' }, ['start (is "now")', 'auto', 'image', 'idle']],
    [{ suites: [''] }, ['suites.0']],
    [{ foreignPrograms: ['opt/x'] }, ['foreignPrograms.0 (is "opt/x")', 'absolute']],
    [{ foreignPrograms: ['/a*b'] }, ['foreignPrograms.0', 'absolute']],
    [{ noise: 'no' }, ['noise (is "no")', 'boolean']],
    [{ image: null }, ['image (is null)', 'string']],
    [{ retry: 3n }, ['retry', 'number']],
    [{ image: Symbol('x') }, ['image', 'string']],
    [{ image: () => 'x' }, ['image', 'string']],
  ])('%o', (config, words) => {
    const error = fail(config)
    expect(error.code).toBe('CONFIG_INVALID')
    for (const word of words) expect(error.message).toContain(word)
  })

  test('a value that holds itself is named too', () => {
    const own: Record<string, unknown> = {}
    own.own = own
    expect(fail({ image: own }).message).toContain('image')
  })

  test('a long value is cut', () => {
    expect(fail({ retry: 'x'.repeat(10_000) }).message.length).toBeLessThan(500)
  })
})

test.each([[undefined], [null], [7], ['text'], [[]], [() => ({})]])('%o is no configuration', value => {
  expect(fail(value)).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('object') })
})

test('the nearest word is near enough, or there is none', () => {
  expect(findNearest('imgae', ['image', 'retry'])).toBe('image')
  expect(findNearest('IMAGE', ['image'])).toBe('image')
  expect(findNearest('x', ['image'])).toBeUndefined()
  expect(findNearest('', [])).toBeUndefined()
})
