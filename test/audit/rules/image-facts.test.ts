import { describe, expect, test } from 'vitest'
import type { LayerProblem } from '../../../src/audit/inventory.js'
import {
  audit,
  glibcRoot,
  library,
  PLATFORM_RULES,
  type SyntheticFiles,
  type SyntheticPlatform,
  scratchRoot,
  show,
} from '../synthetic.js'

const AMD64 = 'linux/amd64'
const ARM64 = 'linux/arm64'

const judge = (options: Partial<SyntheticPlatform>) =>
  show(audit([{ platform: ARM64, files: glibcRoot(options.platform ?? ARM64), ...options }], PLATFORM_RULES))
const withFiles = (files: SyntheticFiles) => judge({ files: { ...glibcRoot(ARM64), ...files } })

describe('unreadable-layer', () => {
  const problem: LayerProblem = {
    code: 'escape',
    path: '../../etc/\u001b]0;x\u0007passwd',
    message: 'its path leads out of the root\u202e',
    incomplete: false,
  }

  test('names layer and path, and shows no control characters', () => {
    const [finding] = audit([{ platform: ARM64, files: {}, problems: [problem] }])
    expect(finding).toMatchObject({ rule: 'unreadable-layer', severity: 'error', pathCount: 1 })
    expect(finding?.evidence[0]?.layer).toMatch(/^sha256:b{64}$/)
    expect(finding?.evidence[0]?.text).toContain('/../../etc/\\u001b]0;x\\u0007passwd')
    expect(`${finding?.title} ${finding?.evidence[0]?.text}`).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test('a layer that platforms share is one finding', () => {
    const problems = [{ ...problem, code: 'truncated' as const, incomplete: true }]
    const platforms = [AMD64, ARM64].map(platform => ({ platform, files: {}, problems, complete: false }))
    expect(audit(platforms, PLATFORM_RULES)).toEqual([expect.objectContaining({ platforms: [AMD64, ARM64] })])
  })
})

describe('config-platform', () => {
  test.each<[string, string, string, string[]]>([
    [
      'another architecture',
      ARM64,
      AMD64,
      ['error config-platform linux/arm64: the image config says linux/amd64, the index linux/arm64'],
    ],
    [
      'another variant',
      'linux/arm/v6',
      'linux/arm/v7',
      ['error config-platform linux/arm/v6: the image config says linux/arm/v7, the index linux/arm/v6'],
    ],
    ['the same in other words', 'linux/arm64', 'linux/aarch64', []],
    ['the variant that everyone leaves out', 'linux/arm64', 'linux/arm64/v8', []],
  ])('%s', (_, platform, configPlatform, expected) => {
    expect(judge({ platform, configPlatform, files: {} })).toEqual(expected)
  })
})

describe('same-manifest', () => {
  test('one manifest for two platforms', () => {
    const manifest = 'abc'
    const files = scratchRoot(AMD64)
    const platforms = [
      { platform: AMD64, files, manifest },
      { platform: ARM64, files: {}, manifest },
      { platform: 'linux/s390x', files: {} },
    ]
    expect(show(audit(platforms, PLATFORM_RULES))).toEqual([
      'error same-manifest linux/amd64 linux/arm64: one manifest is listed for linux/amd64 and linux/arm64',
    ])
  })

  test('one platform that is listed twice is another fault', () => {
    const platform = { platform: AMD64, files: {}, manifest: 'abc' }
    expect(show(audit([platform, platform], PLATFORM_RULES))).toEqual([])
  })
})

describe('damaged-elf', () => {
  const damaged = { elf: library(ARM64, { damage: 'its segments reach beyond the end of the file' }) }
  test('a damaged file, but for test data', () => {
    expect(withFiles({ 'opt/x.so': damaged })).toEqual([
      'warning damaged-elf linux/arm64: /opt/x.so is a damaged ELF file',
    ])
    expect(withFiles({ 'usr/lib/go/src/debug/elf/testdata/x': damaged })).toEqual([])
  })
})

describe('emulator-core', () => {
  test.each<[string, SyntheticFiles, string[]]>([
    [
      "QEMU's",
      { 'srv/qemu_node_20240101-000000_17.core': {} },
      ['warning emulator-core linux/arm64: /srv/qemu_node_20240101-000000_17.core is a core dump'],
    ],
    [
      "the kernel's",
      { 'srv/core.17': { elf: library(ARM64, { type: 'core' }) } },
      ['warning emulator-core linux/arm64: /srv/core.17 is a core dump'],
    ],
    [
      'of another machine',
      { core: { elf: library(AMD64, { type: 'core' }) } },
      ['warning emulator-core linux/arm64: /core is a core dump'],
    ],
    ['test data', { 'opt/testdata/core': { elf: library(ARM64, { type: 'core' }) } }, []],
    [
      'names that only look alike',
      { 'srv/qemu_node.core': {}, 'srv/node_20240101-000000_17.core': {}, 'usr/lib/core': {} },
      [],
    ],
    ['a folder of that name', { 'srv/qemu_x_20240101-000000_17.core': { type: 'directory' } }, []],
  ])('%s', (_, files, expected) => {
    expect(withFiles(files)).toEqual(expected)
  })

  test('the same program’s on two platforms is one subject, whenever it crashed', () => {
    const keys = ['20240101-000000_1', '20250505-101010_22'].map(
      stamp => audit([{ platform: ARM64, files: { [`srv/qemu_node_${stamp}.core`]: {} } }])[0]?.key,
    )
    expect(keys[0]).toBe(keys[1])
  })
})

describe('executable-stack', () => {
  const open = { elf: library(ARM64, { executableStack: true }) }
  test.each<[string, SyntheticFiles, string[]]>([
    [
      'a library',
      { 'opt/x.so': open },
      ['note executable-stack linux/arm64: /opt/x.so asks for an executable stack'],
    ],
    [
      'two',
      { 'opt/x.so': open, 'opt/y.so': open },
      ['note executable-stack linux/arm64: 2 files ask for an executable stack'],
    ],
    ['an object', { 'opt/x.o': { elf: { ...open.elf, type: 'relocatable' } } }, []],
    ['test data', { 'opt/testdata/x.so': open }, []],
  ])('%s', (_, files, expected) => {
    expect(withFiles(files)).toEqual(expected)
  })
})
