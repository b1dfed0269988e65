import { expect, test } from 'vitest'
import { neutralizeWords } from '../../../src/audit/compare/neutral-words.js'
import { parsePlatform } from '../../../src/model/platform.js'

function neutralize(text: string, label: string): string {
  return neutralizeWords(text, parsePlatform(label) ?? { os: 'linux', architecture: label })
}

/** The same thing on several platforms. */
test.each([
  [
    {
      'linux/amd64': '@esbuild/linux-x64',
      'linux/arm64': '@esbuild/linux-arm64',
      'linux/386': '@esbuild/linux-ia32',
      'linux/arm/v7': '@esbuild/linux-arm',
      'linux/ppc64le': '@esbuild/linux-ppc64',
      'linux/s390x': '@esbuild/linux-s390x',
    },
  ],
  [
    {
      'linux/amd64': '@rollup/rollup-linux-x64-gnu',
      'linux/arm/v7': '@rollup/rollup-linux-arm-gnueabihf',
      'linux/ppc64le': '@rollup/rollup-linux-powerpc64le-gnu',
    },
  ],
  [{ 'linux/amd64': '@img/sharp-linuxmusl-x64', 'linux/arm64': '@img/sharp-linuxmusl-arm64' }],
  [
    {
      'linux/amd64': 'binutils-x86-64-linux-gnu',
      'linux/arm/v7': 'binutils-arm-linux-gnueabihf',
      'linux/ppc64le': 'binutils-powerpc64le-linux-gnu',
      'linux/386': 'binutils-i686-linux-gnu',
    },
  ],
  [
    {
      'linux/amd64': 'alpine-minirootfs-3.20.0-x86_64.tar.gz',
      'linux/arm/v7': 'alpine-minirootfs-3.20.0-armv7.tar.gz',
      'linux/386': 'alpine-minirootfs-3.20.0-x86.tar.gz',
      'linux/arm64': 'alpine-minirootfs-3.20.0-aarch64.tar.gz',
    },
  ],
  [{ 'linux/amd64': 'linux/amd64', 'linux/arm/v7': 'linux/arm/v7' }],
])('%o are one', byPlatform => {
  const neutral = Object.entries(byPlatform).map(([label, text]) => neutralize(text, label))
  expect(new Set(neutral).size).toBe(1)
  expect(neutral[0]).toContain('‹arch›')
})

test.each([
  ['alarm', 'linux/arm/v7'],
  ['armature-arms', 'linux/arm/v7'],
  ['x86_64', 'linux/386'],
  ['arm64', 'linux/arm/v7'],
  ['amd64', 'linux/arm64'],
  ['x6400', 'linux/amd64'],
  ['', 'linux/amd64'],
])('%s is no word of %s', (text, label) => {
  expect(neutralize(text, label)).toBe(text)
})

test('an architecture that nobody knows has its own name alone', () => {
  expect(neutralize('tool-pdp11-x64', 'pdp11')).toBe('tool-‹arch›-x64')
  expect(neutralizeWords('as it is', { os: 'linux', architecture: '' })).toBe('as it is')
})
