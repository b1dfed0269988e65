import { expect, test } from 'vitest'
import { choosePerPlatform, type PerPlatform } from '../../src/model/per-platform.js'
import { type Platform, parsePlatform } from '../../src/model/platform.js'

const choose = (values: PerPlatform<unknown>, platform: string) =>
  choosePerPlatform(values, parsePlatform(platform) as Platform)

test.each<[PerPlatform<unknown>, string, unknown]>([
  [{ 'linux/arm/v7': 32, default: 64 }, 'linux/arm/v7', 32],
  [{ 'linux/arm/v7': 32, default: 64 }, 'linux/arm/v6', 64],
  [{ arm: 32, default: 64 }, 'linux/arm/v7', 32],
  [{ 'linux/arm64/v8': 'a', default: 'b' }, 'linux/arm64', 'a'],
  [{ 'linux/s390x': undefined, default: 1 }, 'linux/s390x', undefined],
])('%o on %s is %o', (values, platform, value) => {
  expect(choose(values, platform)).toBe(value)
})

test.each<[PerPlatform<unknown>, string]>([
  [{ 'linux/a/b/c': 1, default: 2 }, '"linux/a/b/c" is no platform'],
  [{ 'linux/arm64': 1, aarch64: 2 }, 'two values are given for linux/arm64'],
  [{ 'linux/arm64': 1 }, 'no value is given for linux/amd64'],
])('%o is refused', (values, message) => {
  expect(() => choose(values, 'linux/amd64')).toThrow(message)
})
