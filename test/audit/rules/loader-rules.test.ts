import { describe, expect, test } from 'vitest'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import {
  audit,
  glibcRoot,
  library,
  muslProgram,
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
const S390X = 'linux/s390x'

const tool = (platform: string, facts: Partial<ElfFacts> = {}, mode = 0o755): SyntheticFile => ({
  mode,
  elf: program(platform, facts),
})
const lib = (platform: string, facts: Partial<ElfFacts> = {}): SyntheticFile => ({
  elf: library(platform, facts),
})
const needs = (...needed: string[]) => ({ needed: [...needed, 'libc.so.6'] })

type Row = [string, SyntheticFiles, string[], Partial<SyntheticPlatform>?]

const judge = (files: SyntheticFiles, options: Partial<SyntheticPlatform> = {}) =>
  show(audit([{ platform: AMD64, ...options, files }], PLATFORM_RULES))

/** The same on several platforms; `change` makes the difference. */
function compare(
  make: (platform: string) => SyntheticFiles,
  options: (platform: string) => Partial<SyntheticPlatform> = () => ({}),
  platforms: readonly string[] = [AMD64, ARM64, S390X],
) {
  return show(
    audit(
      platforms.map(platform => ({ platform, files: make(platform), ...options(platform) })),
      PLATFORM_RULES,
    ),
  )
}

const GLIBC = glibcRoot(AMD64)
const MUSL = muslRoot(AMD64)
const ENTRY = { config: { entrypoint: ['/opt/tool'] } }

describe('missing-interpreter', () => {
  const rows: Row[] = [
    [
      'a dynamic program in an empty image',
      { app: tool(AMD64) },
      [
        'error missing-interpreter linux/amd64: /app asks for the loader /lib64/ld-linux-x86-64.so.2, which is not in the image',
      ],
    ],
    [
      'a loader of another place',
      { ...GLIBC, 'opt/tool': tool(AMD64, { interpreter: '/nix/ld.so' }) },
      [
        'error missing-interpreter linux/amd64: /opt/tool asks for the loader /nix/ld.so, which is not in the image',
      ],
    ],
    [
      'a loader that is another machine’s',
      { ...GLIBC, 'opt/ld.so': lib(ARM64), 'opt/tool': tool(AMD64, { interpreter: '/opt/ld.so' }) },
      [
        'error foreign-elf linux/amd64: /opt/ld.so is a library for arm64',
        'error missing-interpreter linux/amd64: /opt/tool asks for the loader /opt/ld.so, which is /opt/ld.so, arm64 code',
      ],
    ],
    [
      'a loader that is no ELF file',
      { ...GLIBC, 'opt/ld.so': { text: true }, 'opt/tool': tool(AMD64, { interpreter: '/opt/ld.so' }) },
      [
        'error missing-interpreter linux/amd64: /opt/tool asks for the loader /opt/ld.so, which is /opt/ld.so, which is no ELF file',
      ],
    ],
    ['what nobody can start', { ...GLIBC, 'opt/tool': tool(AMD64, { interpreter: '/x' }, 0o644) }, []],
    [
      'what the image starts, though it is not executable',
      { ...GLIBC, 'opt/tool': tool(AMD64, { interpreter: '/x' }, 0o644) },
      ['error missing-interpreter linux/amd64: /opt/tool asks for the loader /x, which is not in the image'],
      ENTRY,
    ],
    ['a static program', scratchRoot(AMD64), []],
    ['test data', { ...GLIBC, 'opt/testdata/tool': tool(AMD64, { interpreter: '/x' }) }, []],
    [
      'part of a root inside the root',
      {
        ...GLIBC,
        'srv/guest/lib64/ld-linux-x86-64.so.2': lib(AMD64),
        'srv/guest/bin/x': tool(AMD64, { interpreter: '/x' }),
      },
      [],
    ],
    ['a layer that was not read', { app: tool(AMD64) }, [], { complete: false }],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })
})

describe('libc-mismatch', () => {
  const rows: Row[] = [
    [
      'a program for glibc on musl',
      { ...MUSL, 'opt/tool': tool(AMD64) },
      ['error libc-mismatch linux/amd64: /opt/tool is built for glibc, and the image has musl'],
    ],
    [
      'a program for musl on glibc',
      { ...GLIBC, 'opt/tool': { mode: 0o755, elf: muslProgram(AMD64) } },
      ['error libc-mismatch linux/amd64: /opt/tool is built for musl, and the image has glibc'],
    ],
    [
      'an addon for glibc on musl',
      { ...MUSL, 'app/node_modules/x/build/Release/x.node': lib(AMD64, needs()) },
      [
        'error libc-mismatch linux/amd64: /app/node_modules/x/build/Release/x.node is built for glibc, and the image has musl',
      ],
    ],
    [
      'a library for musl on glibc',
      { ...GLIBC, 'opt/libx.so': lib(AMD64, { needed: ['libc.musl-x86_64.so.1'] }) },
      ['warning libc-mismatch linux/amd64: /opt/libx.so is built for musl, and the image has glibc'],
    ],
    [
      'an addon for the other libc beside the own one',
      {
        ...MUSL,
        'app/node_modules/x/package.json': nodePackage('x'),
        'app/node_modules/x/prebuilds/linux-x64/x.glibc.node': lib(AMD64, needs()),
        'app/node_modules/x/prebuilds/linux-x64/x.musl.node': lib(AMD64, {
          needed: ['libc.musl-x86_64.so.1'],
        }),
        'app/node_modules/@img/sharp-linux-x64/sharp.node': lib(AMD64, needs()),
        'app/node_modules/@img/sharp-linuxmusl-x64/sharp.node': lib(AMD64, {
          needed: ['libc.musl-x86_64.so.1'],
        }),
      },
      [],
    ],
    [
      'both C libraries',
      {
        ...GLIBC,
        'usr/lib/ld-musl-x86_64.so.1': lib(AMD64),
        'opt/tool': { mode: 0o755, elf: muslProgram(AMD64) },
      },
      [],
    ],
    [
      'gcompat',
      {
        ...MUSL,
        'lib/ld-linux-x86-64.so.2': lib(AMD64, { needed: ['libc.musl-x86_64.so.1'] }),
        'lib/libgcompat.so.0': lib(AMD64),
        lib64: { link: 'lib' },
        'opt/tool': tool(AMD64),
        'opt/x.so': lib(AMD64, needs()),
      },
      [],
    ],
    ['a library without a C library', { ...MUSL, 'opt/libx.so': lib(AMD64, { needed: [] }) }, []],
    [
      'a musl loader behind a link',
      {
        'lib/ld-musl-x86_64.so.1': { link: '/usr/lib/x86_64-linux-musl/libc.so' },
        'usr/lib/x86_64-linux-musl/libc.so': lib(AMD64),
        'opt/tool': tool(AMD64),
      },
      ['error libc-mismatch linux/amd64: /opt/tool is built for glibc, and the image has musl'],
    ],
    ['a layer that was not read', { ...MUSL, 'opt/tool': tool(AMD64) }, [], { complete: false }],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })
})

describe('missing-library', () => {
  const X = needs('libx.so.1')
  const rows: Row[] = [
    [
      'of a program in PATH',
      { ...GLIBC, 'usr/bin/tool': tool(AMD64, X) },
      ['error missing-library linux/amd64: /usr/bin/tool needs libx.so.1, which the loader does not find'],
    ],
    [
      'of a program elsewhere',
      { ...GLIBC, 'opt/tool': tool(AMD64, X) },
      ['error missing-library linux/amd64: /opt/tool needs libx.so.1, which the loader does not find'],
    ],
    [
      'of a library that a program needs',
      { ...GLIBC, 'usr/bin/tool': tool(AMD64, needs('liby.so')), 'usr/lib/liby.so': lib(AMD64, X) },
      ['error missing-library linux/amd64: /usr/bin/tool needs libx.so.1, which the loader does not find'],
    ],
    [
      'of several programs',
      { ...GLIBC, 'usr/bin/a': tool(AMD64, X), 'usr/bin/b': tool(AMD64, X) },
      ['error missing-library linux/amd64: 2 programs need libx.so.1, which the loader does not find'],
    ],
    [
      'that is where the loader looks',
      { ...GLIBC, 'usr/bin/tool': tool(AMD64, X), 'usr/local/lib/libx.so.1': lib(AMD64) },
      [],
    ],
    ['that a wrapper finds', { ...GLIBC, 'opt/tool': tool(AMD64, X), 'opt/lib/libx.so.1': lib(AMD64) }, []],
    [
      'that no wrapper finds, for the image starts the program itself',
      { ...GLIBC, 'opt/tool': tool(AMD64, X), 'opt/lib/libx.so.1': lib(AMD64) },
      ['error missing-library linux/amd64: /opt/tool needs libx.so.1, which the loader does not find'],
      ENTRY,
    ],
    [
      'that LD_LIBRARY_PATH of the image names',
      { ...GLIBC, 'opt/tool': tool(AMD64, X), 'opt/lib/libx.so.1': lib(AMD64) },
      [],
      { config: { entrypoint: ['/opt/tool'], env: ['LD_LIBRARY_PATH=/opt/lib'] } },
    ],
    [
      'of a plugin',
      { ...GLIBC, 'opt/plugin.so': lib(AMD64, X) },
      ['note missing-library linux/amd64: /opt/plugin.so needs libx.so.1, which the loader does not find'],
    ],
    [
      'of a plugin, that its program brings',
      { ...GLIBC, 'opt/plugin.so': lib(AMD64, X), 'opt/jvm/server/libx.so.1': lib(AMD64) },
      [],
    ],
    ['that the driver brings', { ...GLIBC, 'usr/bin/tool': tool(AMD64, needs('libcuda.so.1')) }, []],
    [
      'of a program for another libc',
      { ...MUSL, 'opt/tool': tool(AMD64, X) },
      ['error libc-mismatch linux/amd64: /opt/tool is built for glibc, and the image has musl'],
    ],
    [
      'on musl',
      {
        ...MUSL,
        'usr/bin/tool': {
          mode: 0o755,
          elf: muslProgram(AMD64, { needed: ['libstdc++.so.6', 'libc.musl-x86_64.so.1'] }),
        },
      },
      [
        'error missing-library linux/amd64: /usr/bin/tool needs libstdc++.so.6, which the loader does not find',
      ],
    ],
    ['a layer that was not read', { ...GLIBC, 'usr/bin/tool': tool(AMD64, X) }, [], { complete: false }],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })

  test('a plugin whose library the other platforms have', () => {
    const make = (platform: string) => ({
      ...glibcRoot(platform),
      'opt/plugin.so': lib(platform, X),
      ...(platform === ARM64 ? {} : { 'usr/lib/libx.so.1': lib(platform) }),
    })
    expect(compare(make)).toEqual([
      'warning missing-library linux/arm64: /opt/plugin.so needs libx.so.1, which the loader does not find',
    ])
  })

  test('a program outside PATH that lacks it everywhere is no question of platforms', () => {
    const make = (platform: string) => ({ ...glibcRoot(platform), 'opt/tool': tool(platform, X) })
    expect(compare(make)).toEqual([
      'note missing-library linux/amd64 linux/arm64 linux/s390x: /opt/tool needs libx.so.1, which the loader does not find',
    ])
  })

  test('a program whose library is out of reach on one platform only', () => {
    const make = (platform: string) => ({
      ...glibcRoot(platform),
      'opt/tool': tool(platform, X),
      [`${platform === S390X ? 'opt' : 'usr'}/lib/libx.so.1`]: lib(platform),
    })
    expect(compare(make)).toEqual([
      'warning missing-library linux/s390x: /opt/tool needs libx.so.1, which the loader does not find',
    ])
  })

  test('says who needs it, where it looked and what it met', () => {
    const files = {
      ...GLIBC,
      'usr/bin/tool': tool(AMD64, needs('liby.so')),
      'usr/lib/liby.so': lib(AMD64, { ...X, runpath: ['$ORIGIN/../gone'] }),
    }
    const [finding] = audit([{ platform: AMD64, files }], ['missing-library'])
    expect(finding?.paths).toEqual(['/usr/bin/tool'])
    expect(finding?.evidence[0]).toMatchObject({
      path: '/usr/bin/tool',
      data: {
        library: 'libx.so.1',
        needer: '/usr/lib/liby.so',
        searched: [
          '/lib/../gone',
          '/usr/local/lib',
          '/lib/x86_64-linux-gnu',
          '/usr/lib/x86_64-linux-gnu',
          '/lib',
          '/usr/lib',
        ],
      },
    })
  })
})

describe('symbol-version', () => {
  const newer = { versionNeeds: { 'libc.so.6': ['GLIBC_2.34', 'GLIBC_2.9', 'GLIBC_2.38'] } }
  const found = (who: string) => `${who} GLIBC_2.38 of libc.so.6, which has GLIBC_2.36 at most`
  const rows: Row[] = [
    [
      'a program',
      { ...GLIBC, 'opt/tool': tool(AMD64, newer) },
      [`error symbol-version linux/amd64: ${found('/opt/tool needs')}`],
    ],
    [
      'two programs',
      { ...GLIBC, 'opt/a': tool(AMD64, newer), 'opt/b': tool(AMD64, newer) },
      [`error symbol-version linux/amd64: ${found('2 files need')}`],
    ],
    [
      'a library of a program',
      {
        ...GLIBC,
        'opt/tool': tool(AMD64, needs('libx.so')),
        'usr/lib/libx.so': lib(AMD64, { needed: ['libc.so.6'], ...newer }),
      },
      [`error symbol-version linux/amd64: ${found('/usr/lib/libx.so needs')}`],
    ],
    [
      'a plugin',
      { ...GLIBC, 'opt/plugin.so': lib(AMD64, { needed: ['libc.so.6'], ...newer }) },
      [`warning symbol-version linux/amd64: ${found('/opt/plugin.so needs')}`],
    ],
    [
      'a family that the library does not have',
      {
        ...GLIBC,
        'usr/lib/libx.so': lib(AMD64, { versionDefinitions: ['X_1'] }),
        'opt/tool': tool(AMD64, { ...needs('libx.so'), versionNeeds: { 'libx.so': ['Y_2'] } }),
      },
      ['error symbol-version linux/amd64: /opt/tool needs Y_2 of libx.so, which has no such version'],
    ],
    [
      'what the library defines',
      { ...GLIBC, 'opt/tool': tool(AMD64, { versionNeeds: { 'libc.so.6': ['GLIBC_2.36'] } }) },
      [],
    ],
    [
      'a library without versions',
      {
        ...GLIBC,
        'usr/lib/libx.so': lib(AMD64),
        'opt/tool': tool(AMD64, { ...needs('libx.so'), versionNeeds: { 'libx.so': ['X_2'] } }),
      },
      [],
    ],
    [
      'musl takes any version',
      {
        ...MUSL,
        'lib/libx.so': lib(AMD64, { versionDefinitions: ['X_1'] }),
        'opt/tool': {
          mode: 0o755,
          elf: muslProgram(AMD64, { needed: ['libx.so'], versionNeeds: { 'libx.so': ['X_2'] } }),
        },
        'opt/x.so': lib(AMD64, { needed: ['libx.so'], versionNeeds: { 'libx.so': ['X_2'] } }),
      },
      [],
    ],
    [
      'names from a hostile file',
      {
        ...GLIBC,
        'opt/tool': tool(AMD64, { versionNeeds: JSON.parse('{"__proto__":["X"],"constructor":["Y"]}') }),
      },
      [],
    ],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })
})

describe('wrong-variant', () => {
  const [V5, V6, V7] = ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v7'] as const
  const rows: Row[] = [
    [
      'an ARMv7 root as v6',
      glibcRoot(V6, { armArchitecture: 10 }),
      ['error wrong-variant linux/arm/v6: the userland is ARMv7 code, and the platform promises ARMv6'],
      { platform: V6 },
    ],
    ['an ARMv6KZ root as v6', glibcRoot(V6, { armArchitecture: 7 }), [], { platform: V6 }],
    [
      'an ARMv6 root as v5',
      glibcRoot(V5, { armArchitecture: 6 }),
      ['error wrong-variant linux/arm/v5: the userland is ARMv6 code, and the platform promises ARMv5'],
      { platform: V5 },
    ],
    ['an ARMv7 root as v7', glibcRoot(V7, { armArchitecture: 10 }), [], { platform: V7 }],
    [
      'a library with faster code behind a check',
      {
        ...glibcRoot(V6, { armArchitecture: 6 }),
        'usr/lib/libgcrypt.so.20': lib(V6, { armArchitecture: 10 }),
      },
      [],
      { platform: V6 },
    ],
    [
      'what the image starts',
      {
        ...glibcRoot(V6, { armArchitecture: 6 }),
        'opt/tool': { mode: 0o755, elf: staticProgram(V6, { armArchitecture: 10 }) },
      },
      ['error wrong-variant linux/arm/v6: /opt/tool is ARMv7 code, and the platform promises ARMv6'],
      { platform: V6, ...ENTRY },
    ],
    [
      'a Go program',
      {
        ...glibcRoot(V6),
        'usr/bin/tool': {
          mode: 0o755,
          elf: staticProgram(V6, { go: { version: 'go1.22', settings: { GOARM: '7,hardfloat' } } }),
        },
      },
      [
        'error wrong-variant linux/arm/v6: /usr/bin/tool is a Go program built for newer processors than ARMv6',
      ],
      { platform: V6 },
    ],
    [
      'a Go program for v6',
      {
        ...glibcRoot(V6),
        'usr/bin/tool': {
          mode: 0o755,
          elf: staticProgram(V6, { go: { version: 'go1.22', settings: { GOARM: '6' } } }),
        },
      },
      [],
      { platform: V6 },
    ],
    [
      'a soft-float program, whose loader is missing, in a hard-float root',
      { ...glibcRoot(V7), 'opt/tool': tool(V7, { floatAbi: 'soft', interpreter: '/lib/ld-linux.so.3' }) },
      ["error wrong-variant linux/arm/v7: /opt/tool uses another float ABI than the image's C library"],
      { platform: V7 },
    ],
    [
      'a soft-float program on a hard-float loader',
      {
        ...glibcRoot(V7),
        'lib/ld-linux.so.3': { link: '/usr/lib/ld-linux-armhf.so.3' },
        'usr/lib/ld-linux.so.3': { link: 'ld-linux-armhf.so.3' },
        'opt/tool': tool(V7, { floatAbi: 'soft', needed: [], interpreter: '/lib/ld-linux.so.3' }),
      },
      ["error wrong-variant linux/arm/v7: /opt/tool uses another float ABI than the image's C library"],
      { platform: V7 },
    ],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })
})

describe('isa-level', () => {
  const v3 = { mode: 0o755, elf: staticProgram(AMD64, { x86IsaLevel: 3 }) }
  const go = (settings: Record<string, string>, platform = AMD64) => ({
    mode: 0o755,
    elf: staticProgram(platform, { go: { version: 'go1.22', settings } }),
  })
  const rows: Row[] = [
    [
      'a marked program',
      { ...GLIBC, 'opt/tool': v3 },
      ["error isa-level linux/amd64: /opt/tool needs x86-64-v3, above the platform's x86-64-v1"],
    ],
    ['one of a platform that promises it', { ...GLIBC, 'opt/tool': v3 }, [], { platform: 'linux/amd64/v3' }],
    [
      'one of a platform that promises less',
      { ...GLIBC, 'opt/tool': v3 },
      ["error isa-level linux/amd64/v2: /opt/tool needs x86-64-v3, above the platform's x86-64-v2"],
      { platform: 'linux/amd64/v2' },
    ],
    [
      'a library that the loader chooses',
      { ...GLIBC, 'usr/lib/glibc-hwcaps/x86-64-v3/libx.so': lib(AMD64, { x86IsaLevel: 3 }) },
      [],
    ],
    ['a library that its user chooses', { ...GLIBC, 'opt/libx-avx2.so': lib(AMD64, { x86IsaLevel: 3 }) }, []],
    [
      'the baseline',
      { ...GLIBC, 'opt/tool': { mode: 0o755, elf: staticProgram(AMD64, { x86IsaLevel: 1 }) } },
      [],
    ],
    [
      'a whole distribution',
      { ...glibcRoot(AMD64, { x86IsaLevel: 2 }), 'opt/tool': v3 },
      [
        "error isa-level linux/amd64: /opt/tool needs x86-64-v3, above the platform's x86-64-v1",
        "warning isa-level linux/amd64: the userland needs x86-64-v2, above the platform's x86-64-v1",
      ],
    ],
    [
      'Go',
      { 'opt/tool': go({ GOAMD64: 'v3' }) },
      ["error isa-level linux/amd64: /opt/tool needs x86-64-v3, above the platform's x86-64-v1"],
    ],
    ['Go at its baseline', { 'opt/tool': go({ GOAMD64: 'v1' }) }, []],
    [
      'Go on POWER',
      { 'opt/tool': go({ GOPPC64: 'power9' }, 'linux/ppc64le') },
      ["warning isa-level linux/ppc64le: /opt/tool needs POWER9, above the platform's POWER8"],
      { platform: 'linux/ppc64le' },
    ],
    [
      'Go on POWER8',
      { 'opt/tool': go({ GOPPC64: 'power8' }, 'linux/ppc64le') },
      [],
      { platform: 'linux/ppc64le' },
    ],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })
})

describe('page-size', () => {
  const small = { maxPageSize: 4096, loadAlign: 4096 } as const
  const rows: Row[] = [
    [
      'a library for 4 KiB on arm64',
      { ...glibcRoot(ARM64), 'usr/lib/libx.so': lib(ARM64, small) },
      [
        'warning page-size linux/arm64: /usr/lib/libx.so cannot be mapped on kernels with 16 KiB or 64 KiB pages',
      ],
      { platform: ARM64 },
    ],
    [
      'a program for 16 KiB on arm64',
      { ...glibcRoot(ARM64), 'opt/tool': tool(ARM64, { maxPageSize: 16384, loadAlign: 16384 }) },
      ['warning page-size linux/arm64: /opt/tool cannot be mapped on kernels with 64 KiB pages'],
      { platform: ARM64 },
    ],
    [
      'a library that only declares 4 KiB',
      { ...glibcRoot(ARM64), 'usr/lib/libx.so': lib(ARM64, { loadAlign: 4096 }) },
      [
        'warning page-size linux/arm64: /usr/lib/libx.so cannot be mapped on kernels with 16 KiB or 64 KiB pages',
      ],
      { platform: ARM64 },
    ],
    [
      'a program that only declares 4 KiB, which the kernel maps',
      { ...glibcRoot(ARM64), 'opt/tool': tool(ARM64, { loadAlign: 4096 }) },
      [],
      { platform: ARM64 },
    ],
    ['64 KiB', { ...glibcRoot(ARM64), 'usr/lib/libx.so': lib(ARM64) }, [], { platform: ARM64 }],
    ['4 KiB on amd64', { ...GLIBC, 'usr/lib/libx.so': lib(AMD64, small) }, []],
    [
      'an object',
      { ...glibcRoot(ARM64), 'opt/x.o': lib(ARM64, { ...small, type: 'relocatable' }) },
      [],
      { platform: ARM64 },
    ],
  ]
  test.each(rows)('%s', (_, files, expected, options) => {
    expect(judge(files, options)).toEqual(expected)
  })
})
