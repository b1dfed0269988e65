import { describe, expect, test } from 'vitest'
import {
  compareText,
  formatPlatform,
  matchesPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
} from '../../src/model/platform.js'

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['Linux/AMD64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm64/v9', 'linux/arm64/v9'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/7', 'linux/arm/v7'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['linux/i686', 'linux/386'],
  ['linux/ppc64el', 'linux/ppc64le'],
  ['arm64', 'linux/arm64'],
  ['arm/v6', 'linux/arm/v6'],
  ['s390x', 'linux/s390x'],
  ['windows/amd64', 'windows/amd64'],
  [' linux/arm64 ', 'linux/arm64'],
])('%j is typed for %s', (text, expected) => {
  const platform = parsePlatform(text)
  expect(platform && formatPlatform(platform)).toBe(expected)
})

test.each([
  '',
  ' ',
  'linux',
  'windows',
  'linux/',
  '/amd64',
  'linux/arm/v7/x',
  'arm64/v8/x',
  'linux/a b',
  'a\nb',
  'linux//v7',
  '*',
])('%j is no platform', text => {
  expect(parsePlatform(text)).toBeUndefined()
})

describe('normalizePlatform', () => {
  test('keeps what tells Windows images apart', () => {
    const platform = { os: 'windows', architecture: 'amd64', osVersion: '10.0.1', osFeatures: ['win32k'] }
    expect(normalizePlatform(platform)).toEqual(platform)
    expect(formatPlatform(platform)).toBe('windows/amd64(10.0.1)')
  })

  test('drops what is empty', () => {
    const platform = { os: 'linux', architecture: 'amd64', variant: '', osVersion: '', osFeatures: [] }
    expect(normalizePlatform(platform)).toStrictEqual({ os: 'linux', architecture: 'amd64' })
  })

  test('changes nothing the second time', () => {
    for (const text of ['arm', 'armel', 'arm64/v8', 'x86_64', 'riscv64', 'made-up/v2']) {
      const once = normalizePlatform(parsePlatform(text) as Platform)
      expect(normalizePlatform(once)).toEqual(once)
    }
  })

  test('takes any word for an architecture', () => {
    for (const architecture of ['constructor', '__proto__', 'toString']) {
      expect(normalizePlatform({ os: 'linux', architecture })).toMatchObject({
        architecture: architecture.toLowerCase(),
      })
    }
  })
})

test.each([
  ['linux/arm64', 'linux/arm64/v8', true],
  ['linux/arm', 'linux/arm/v7', true],
  ['linux/arm', 'linux/arm/v6', false],
  ['linux/amd64', 'linux/amd64/v3', false],
  ['linux/amd64', 'linux/arm64', false],
  ['windows/amd64', 'linux/amd64', false],
])('%s selects %s: %s', (wanted, platform, expected) => {
  expect(matchesPlatform(parsePlatform(wanted) as Platform, parsePlatform(platform) as Platform)).toBe(
    expected,
  )
})

test('texts are ordered by their bytes, not by a language', () => {
  expect(['b', 'B', 'a', '\u00e4', 'A', '10', '9'].sort(compareText)).toEqual([
    '10',
    '9',
    'A',
    'B',
    'a',
    'b',
    '\u00e4',
  ])
})
