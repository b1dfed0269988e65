import { expect, test } from 'vitest'
import { choosePlatforms } from '../../src/doctor/choose-platforms.js'
import { formatPlatform } from '../../src/model/platform.js'

test.each<[string, boolean, string[] | undefined, string, string, boolean]>([
  ['a remote host', false, undefined, 'arm64', 'linux/arm/v7 linux/arm64', false],
  ['a remote host of a lonely family', false, undefined, 's390x', 'linux/s390x', false],
  ['one that has no test program', false, undefined, 'sparc64', 'linux/sparc64', false],
  ['one declared for its own', false, ['linux/arm64'], 'arm64', 'linux/arm64', false],
  [
    'one declared for more',
    false,
    ['s390x', 'linux/amd64', 'x86_64'],
    'amd64',
    'linux/amd64 linux/s390x',
    true,
  ],
  ['the local one, declared for its own', true, ['linux/386'], 'amd64', 'linux/386', false],
  [
    'the local one',
    true,
    undefined,
    'amd64',
    'linux/386 linux/amd64 linux/arm/v7 linux/arm64 linux/loong64 linux/mips64le linux/ppc64le linux/riscv64 linux/s390x',
    true,
  ],
])('%s', (_, local, declared, architecture, expected, emulates) => {
  const choice = choosePlatforms(
    { local, ...(declared === undefined ? {} : { platforms: declared }) },
    architecture,
  )
  expect(choice.platforms.map(formatPlatform).join(' ')).toBe(expected)
  expect(choice.emulates).toBe(emulates)
})
