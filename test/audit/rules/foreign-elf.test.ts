import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Package } from '../../../src/audit/inventory.js'
import { FOREIGN_REASONS } from '../../../src/audit/rules/common/foreign-reasons.js'
import {
  audit,
  glibcRoot,
  library,
  muslRoot,
  nodePackage,
  PLATFORM_RULES,
  program,
  type SyntheticFile,
  type SyntheticFiles,
  type SyntheticPlatform,
  scratchRoot,
  show,
  staticProgram,
} from '../synthetic.js'

const AMD64 = 'linux/amd64'
const ARM64 = 'linux/arm64'
const I386 = 'linux/386'

const foreignProgram = (platform = AMD64): SyntheticFile => ({ mode: 0o755, elf: staticProgram(platform) })
const foreignLibrary = (platform = AMD64, facts = {}): SyntheticFile => ({ elf: library(platform, facts) })

/** A healthy arm64 root with these files, and what all platform rules say of it. */
function judge(
  files: SyntheticFiles,
  options: Partial<SyntheticPlatform> = {},
  foreignPrograms: readonly string[] = [],
) {
  const platform = {
    platform: ARM64,
    ...options,
    files: { ...glibcRoot(options.platform ?? ARM64), ...files },
  }
  return show(audit([platform], PLATFORM_RULES, foreignPrograms))
}

const dpkg = (name: string, architecture: string): Package => ({
  ecosystem: 'dpkg',
  name,
  version: '1',
  architecture,
})
const list = (name: string, architecture: string, ...files: string[]) => ({
  packages: [dpkg(name, architecture)],
  files: {
    [`var/lib/dpkg/info/${name}:${architecture}.list`]: {
      fact: {
        kind: 'file-list' as const,
        ecosystem: 'dpkg' as const,
        package: `${name}:${architecture}`,
        files: files.map(file => `/${file}`),
      },
    },
  },
})

describe('the whole userland', () => {
  const FOREIGN = 'error foreign-elf linux/arm64: the whole userland is amd64 code'

  test.each<[string, SyntheticFiles, string[]]>([
    ["Debian's", glibcRoot(AMD64), [FOREIGN]],
    ["Alpine's", muslRoot(AMD64), [FOREIGN]],
    [
      'a static shell that is a hard link',
      {
        'bin/busybox': foreignProgram(),
        'bin/sh': { type: 'hardlink', link: 'bin/busybox', ...foreignProgram() },
      },
      [FOREIGN],
    ],
    [
      "its own beside another one's loader",
      { ...glibcRoot(ARM64), 'lib/ld-musl-x86_64.so.1': foreignLibrary() },
      ['error foreign-elf linux/arm64: /lib/ld-musl-x86_64.so.1 is a library for amd64'],
    ],
  ])('%s', (_, files, expected) => {
    expect(show(audit([{ platform: ARM64, files }], PLATFORM_RULES))).toEqual(expected)
  })

  test('is one finding, with loader, C library, shell and what the image starts', () => {
    const files = { ...glibcRoot(AMD64), 'opt/app': { mode: 0o755, elf: program(ARM64) } }
    const findings = audit([{ platform: ARM64, files, config: { command: ['/opt/app'] } }], PLATFORM_RULES)
    expect(show(findings)).toEqual([FOREIGN])
    expect(findings[0]?.paths).toEqual([
      '/opt/app',
      '/usr/bin/dash',
      '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
    ])
    expect(findings[0]?.evidence[0]?.layer).toMatch(/^sha256:/)
  })

  test('of 32-bit ARM in arm64, and of 386 in amd64', () => {
    expect(show(audit([{ platform: ARM64, files: glibcRoot('linux/arm/v7') }], PLATFORM_RULES))).toEqual([
      'error foreign-elf linux/arm64: the whole userland is arm code',
    ])
    expect(show(audit([{ platform: AMD64, files: glibcRoot(I386) }], PLATFORM_RULES))).toEqual([
      'error foreign-elf linux/amd64: the whole userland is 386 code',
    ])
  })

  test('the same fault on two platforms is one finding', () => {
    const platforms = [AMD64, ARM64, 'linux/s390x'].map(platform => ({ platform, files: glibcRoot(AMD64) }))
    expect(show(audit(platforms, PLATFORM_RULES))).toEqual([
      'error foreign-elf linux/arm64 linux/s390x: the whole userland is amd64 code',
    ])
  })
})

describe('single files that are wrong', () => {
  test.each<[string, SyntheticFiles, string[]]>([
    [
      'in PATH',
      { 'usr/local/bin/tool': foreignProgram() },
      ['error: /usr/local/bin/tool is a program for amd64'],
    ],
    ['elsewhere', { 'opt/tool': foreignProgram() }, ['error: /opt/tool is a program for amd64']],
    [
      'not executable',
      { 'opt/tool': { elf: staticProgram(AMD64) } },
      ['warning: /opt/tool is a program for amd64'],
    ],
    [
      'a library',
      { 'usr/lib/libx.so.1': foreignLibrary() },
      ['error: /usr/lib/libx.so.1 is a library for amd64'],
    ],
    [
      'an addon that was built elsewhere',
      { 'app/node_modules/x/build/Release/x.node': foreignLibrary() },
      ['error: /app/node_modules/x/build/Release/x.node is a module for amd64'],
    ],
    [
      'a Python extension',
      { 'usr/lib/python3/dist-packages/x.cpython-311-aarch64-linux-gnu.so': foreignLibrary() },
      ['error: /usr/lib/python3/dist-packages/x.cpython-311-aarch64-linux-gnu.so is a module for amd64'],
    ],
    [
      'several in one place',
      { 'opt/a': foreignProgram(), 'opt/b': foreignProgram(), 'srv/c': foreignProgram() },
      ['error: 2 programs below /opt are amd64 code', 'error: /srv/c is a program for amd64'],
    ],
    [
      'modules of one node_modules',
      {
        'app/node_modules/x/build/Release/x.node': foreignLibrary(),
        'app/node_modules/y/build/Release/y.node': foreignLibrary(),
      },
      ['error: 2 modules below /app/node_modules are amd64 code'],
    ],
    [
      'a folder of the other triplet that is no complete tree',
      { 'usr/lib/x86_64-linux-gnu/libx.so.1': foreignLibrary() },
      ['error: /usr/lib/x86_64-linux-gnu/libx.so.1 is a library for amd64'],
    ],
    [
      "a build that is named for another platform, without this one's",
      { 'opt/x/linux-x64/libx.so': foreignLibrary() },
      ['error: /opt/x/linux-x64/libx.so is a library for amd64'],
    ],
    [
      "a build in the place of this platform's own",
      { 'opt/x/linux-x64/libx.so': foreignLibrary(), 'opt/x/linux-arm64/libx.so': foreignLibrary() },
      [
        'error: /opt/x/linux-arm64/libx.so is a library for amd64',
        'error: /opt/x/linux-x64/libx.so is a library for amd64',
      ],
    ],
    [
      '32-bit ARM on arm64, which not every kernel runs',
      { 'opt/tool': foreignProgram('linux/arm/v7') },
      ['error: /opt/tool is a program for arm'],
    ],
  ])('%s', (_, files, expected) => {
    expect(judge(files)).toEqual(expected.map(each => each.replace(': ', ' foreign-elf linux/arm64: ')))
  })

  test('what the image starts is never excused', () => {
    const config = { entrypoint: ['/testdata/tool'] }
    expect(judge({ 'testdata/tool': foreignProgram() }, { config })).toEqual([
      'error foreign-elf linux/arm64: /testdata/tool is a program for amd64',
    ])
    expect(
      show(
        audit(
          [{ platform: ARM64, files: scratchRoot(AMD64), config: { entrypoint: ['/app'] } }],
          PLATFORM_RULES,
        ),
      ),
    ).toEqual(['error foreign-elf linux/arm64: /app is a program for amd64'])
  })

  test('a program is one finding on all platforms that have it', () => {
    const platforms = [AMD64, ARM64, 'linux/arm/v7', 'linux/s390x'].map(platform => ({
      platform,
      files: { ...glibcRoot(platform), 'usr/local/bin/tool': foreignProgram() },
    }))
    expect(show(audit(platforms, PLATFORM_RULES))).toEqual([
      'error foreign-elf linux/arm64 linux/arm/v7 linux/s390x: /usr/local/bin/tool is a program for amd64',
    ])
  })

  test('a library that a program needs is told once, as foreign', () => {
    const files = {
      'usr/lib/libx.so.1': foreignLibrary(),
      'opt/app': { mode: 0o755, elf: program(ARM64, { needed: ['libx.so.1', 'libc.so.6'] }) },
    }
    expect(judge(files, { config: { command: ['/opt/app'] } })).toEqual([
      'error foreign-elf linux/arm64: /usr/lib/libx.so.1 is a library for amd64',
    ])
  })

  test('a program of a package of its own architecture, in PATH, is a warning', () => {
    const owned = list('tool', 'amd64', 'usr/bin/tool')
    expect(judge({ 'usr/bin/tool': foreignProgram(), ...owned.files }, { packages: owned.packages })).toEqual(
      ['warning foreign-elf linux/arm64: /usr/bin/tool is a program for amd64'],
    )
  })

  test('a packaged program that was overwritten is an error', () => {
    const owned = list('curl', 'arm64', 'usr/bin/curl')
    expect(judge({ 'usr/bin/curl': foreignProgram(), ...owned.files }, { packages: owned.packages })).toEqual(
      ['error foreign-elf linux/arm64: /usr/bin/curl is a program for amd64'],
    )
  })
})

describe('files that have a reason', () => {
  test.each<[string, SyntheticFiles]>([
    ['BPF', { 'opt/probe.o': { elf: { ...library(AMD64), machine: 247, architecture: undefined } } }],
    ['AMD GPU', { 'opt/x.hsaco': { elf: { ...library(AMD64), machine: 224, architecture: undefined } } }],
    ['x32', { 'usr/libx32/libc.so.6': { elf: { ...library(AMD64), bits: 32, architecture: undefined } } }],
    ['an object', { 'opt/x.o': foreignLibrary(AMD64, { type: 'relocatable' }) }],
    ['firmware', { 'usr/lib/firmware/x.elf': foreignLibrary('linux/arm/v7') }],
    ['boot code', { 'usr/share/qemu/openbios-ppc': foreignProgram('linux/ppc64le') }],
    ['a kernel', { 'opt/vmlinux-6.1': foreignProgram() }],
    ['test data', { 'usr/lib/go/src/debug/elf/testdata/gcc-amd64': foreignProgram() }],
    ['tests of a package', { 'usr/lib/python3/dist-packages/elftools/tests/x.so': foreignLibrary() }],
    ['an emulator', { 'usr/bin/qemu-arm-static': foreignProgram() }],
    ['Box64', { 'usr/lib/box64-x86_64-linux-gnu/libstdc++.so.6': foreignLibrary() }],
    [
      'prebuilds beside the own one',
      {
        'app/node_modules/x/package.json': nodePackage('x'),
        'app/node_modules/x/prebuilds/linux-x64/node.napi.node': foreignLibrary(),
        'app/node_modules/x/prebuilds/linux-arm/node.napi.armv7.node': foreignLibrary('linux/arm/v7'),
        'app/node_modules/x/prebuilds/android-arm64/node.napi.node': foreignLibrary(ARM64),
        'app/node_modules/x/prebuilds/linux-arm64/node.napi.node': foreignLibrary(ARM64),
      },
    ],
    [
      'builds of other platforms, outside node_modules',
      {
        'opt/tool/bin/linux_x86_64/tool': foreignProgram(),
        'opt/tool/bin/linux_aarch64/tool': foreignProgram(ARM64),
        'opt/agent-linux-amd64': foreignProgram(),
        'opt/agent-linux-arm64': foreignProgram(ARM64),
      },
    ],
    [
      'an npm package for another platform beside the own one',
      {
        'app/node_modules/@img/sharp-linux-x64/package.json': nodePackage('@img/sharp-linux-x64', {
          cpu: ['x64'],
        }),
        'app/node_modules/@img/sharp-linux-x64/lib/sharp.node': foreignLibrary(),
        'app/node_modules/@img/sharp-linux-arm64/package.json': nodePackage('@img/sharp-linux-arm64', {
          cpu: ['arm64'],
        }),
        'app/node_modules/@img/sharp-linux-arm64/lib/sharp.node': foreignLibrary(ARM64),
      },
    ],
    [
      'a chroot',
      {
        'srv/guest/lib64/ld-linux-x86-64.so.2': foreignLibrary(),
        'srv/guest/usr/bin/tool': foreignProgram(),
      },
    ],
    [
      'a cross toolchain',
      {
        'usr/x86_64-linux-gnu/lib/libc.so.6': foreignLibrary(),
        'usr/x86_64-linux-gnu/lib/libm.so.6': foreignLibrary(),
        'usr/lib/gcc-cross/x86_64-linux-gnu/12/libgcc.a': {},
        'usr/lib/gcc-cross/x86_64-linux-gnu/12/libasan.so': foreignLibrary(),
        'root/.rustup/toolchains/stable/lib/rustlib/x86_64-unknown-linux-musl/lib/libstd-1f2e.rlib': {},
        'root/.rustup/toolchains/stable/lib/rustlib/x86_64-unknown-linux-musl/lib/libtest.so':
          foreignLibrary(),
      },
    ],
    [
      'a complete multi-arch tree',
      {
        'usr/lib/x86_64-linux-gnu/libc.so.6': foreignLibrary(),
        'usr/lib/x86_64-linux-gnu/libz.so.1': foreignLibrary(),
      },
    ],
  ])('%s', (_, files) => {
    expect(judge(files)).toEqual([])
  })

  test('a package of that architecture, and data of a package of this one', () => {
    const foreign = list('libz1', 'amd64', 'usr/lib/x86_64-linux-gnu/libz.so.1')
    expect(
      judge(
        { 'usr/lib/x86_64-linux-gnu/libz.so.1': foreignLibrary(), ...foreign.files },
        { packages: foreign.packages },
      ),
    ).toEqual([])
    const own = list('tool-data', 'all', 'usr/share/tool/blob')
    expect(
      judge({ 'usr/share/tool/blob': foreignProgram(), ...own.files }, { packages: own.packages }),
    ).toEqual([])
  })

  test('386 programs on amd64: silent, and a note where the image starts one', () => {
    const files = { 'opt/tool': { mode: 0o755, elf: staticProgram(I386) } }
    expect(judge(files, { platform: AMD64 })).toEqual([])
    expect(judge(files, { platform: AMD64, config: { command: ['/opt/tool'] } })).toEqual([
      'note foreign-elf linux/amd64: /opt/tool is a program for 386',
    ])
  })

  test('what the user names', () => {
    const files = { 'opt/tool': foreignProgram(), 'opt/guest/a': foreignProgram() }
    expect(judge(files, {}, ['/opt/tool', '/opt/guest/*'])).toEqual([])
    expect(judge(files, {}, ['/opt/to'])).toHaveLength(2)
  })
})

test('judges no platform that is not Linux, nor one whose ABI it does not know', () => {
  const files = { 'opt/tool': foreignProgram() }
  expect(show(audit([{ platform: 'windows/amd64', files }], PLATFORM_RULES))).toEqual([])
  expect(show(audit([{ platform: 'linux/sparc64', files }], PLATFORM_RULES))).toEqual([])
})

test('every reason is in the documentation, word for word', () => {
  const page = readFileSync('docs/audit-rules.md', 'utf8')
  for (const { id, description } of FOREIGN_REASONS) expect(page).toContain(`| \`${id}\` | ${description} |`)
})
