import { describe, expect, test } from 'vitest'
import type { FileFact } from '../../../src/audit/inventory.js'
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
  show,
} from '../synthetic.js'

const AMD64 = 'linux/amd64'
const ARM64 = 'linux/arm64'
const S390X = 'linux/s390x'
const MODULES = 'app/node_modules'

const lib = (platform: string): SyntheticFile => ({ elf: library(platform) })
const judge = (files: SyntheticFiles, platform = ARM64) =>
  show(audit([{ platform, files: { ...glibcRoot(platform), ...files } }], PLATFORM_RULES))

const BUILDS = [
  '@esbuild/linux-x64',
  '@esbuild/linux-arm64',
  '@esbuild/linux-s390x',
  '@esbuild/darwin-arm64',
  '@esbuild/win32-x64',
]
const ESBUILD = {
  [`${MODULES}/esbuild/package.json`]: nodePackage('esbuild', { optionalDependencies: BUILDS }),
}

/** An installed build of esbuild. */
const build = (cpu: string, platform: string, os = 'linux'): SyntheticFiles => ({
  [`${MODULES}/@esbuild/${os}-${cpu}/package.json`]: nodePackage(`@esbuild/${os}-${cpu}`, {
    os: [os],
    cpu: [cpu],
  }),
  [`${MODULES}/@esbuild/${os}-${cpu}/bin/esbuild`]: {
    mode: 0o755,
    ...(os === 'linux' ? { elf: { ...library(platform), type: 'executable' as const } } : {}),
  },
})

describe('npm packages with a build for each platform', () => {
  const WRONG = "native builds of another platform are installed, and not this one's"
  test.each<[string, SyntheticFiles, string[]]>([
    ['its own', { ...ESBUILD, ...build('arm64', ARM64) }, []],
    [
      "another platform's",
      { ...ESBUILD, ...build('x64', AMD64) },
      [`error native-module linux/arm64: esbuild: ${WRONG}`],
    ],
    [
      "another system's",
      { ...ESBUILD, ...build('arm64', ARM64, 'darwin') },
      [`error native-module linux/arm64: esbuild: ${WRONG}`],
    ],
    ['both', { ...ESBUILD, ...build('x64', AMD64), ...build('arm64', ARM64) }, []],
    ['none, on the only platform', ESBUILD, []],
    [
      'none, but WebAssembly',
      {
        [`${MODULES}/sharp/package.json`]: nodePackage('sharp', {
          optionalDependencies: ['@img/sharp-linux-x64', '@img/sharp-linux-arm64', '@img/sharp-wasm32'],
        }),
        [`${MODULES}/@img/sharp-linux-x64/package.json`]: nodePackage('@img/sharp-linux-x64', {
          cpu: ['x64'],
        }),
        [`${MODULES}/@img/sharp-wasm32/package.json`]: nodePackage('@img/sharp-wasm32', { cpu: ['wasm32'] }),
      },
      [],
    ],
    [
      'a package that has no build for this platform',
      {
        [`${MODULES}/x/package.json`]: nodePackage('x', {
          optionalDependencies: ['x-linux-x64', 'x-darwin-x64'],
        }),
        [`${MODULES}/x-linux-x64/package.json`]: nodePackage('x-linux-x64', { cpu: ['x64'] }),
      },
      [],
    ],
    [
      'a package that is itself for another platform',
      {
        [`${MODULES}/fsevents/package.json`]: nodePackage('fsevents', { os: ['darwin'] }),
        [`${MODULES}/fsevents/fsevents.node`]: { text: false },
      },
      [],
    ],
    [
      'builds that lie with pnpm',
      {
        [`${MODULES}/.pnpm/esbuild@1/node_modules/esbuild/package.json`]: nodePackage('esbuild', {
          optionalDependencies: BUILDS,
        }),
        [`${MODULES}/.pnpm/esbuild@1/node_modules/@esbuild/linux-arm64`]: {
          link: '../../../@esbuild+linux-arm64@1/node_modules/@esbuild/linux-arm64',
        },
        [`${MODULES}/.pnpm/@esbuild+linux-arm64@1/node_modules/@esbuild/linux-arm64/package.json`]:
          nodePackage('@esbuild/linux-arm64', { cpu: ['arm64'] }),
      },
      [],
    ],
    [
      'two packages of one node_modules',
      {
        ...ESBUILD,
        ...build('x64', AMD64),
        [`${MODULES}/rollup/package.json`]: nodePackage('rollup', {
          optionalDependencies: ['@rollup/rollup-linux-x64-gnu', '@rollup/rollup-linux-arm64-gnu'],
        }),
        [`${MODULES}/@rollup/rollup-linux-x64-gnu/package.json`]: nodePackage(
          '@rollup/rollup-linux-x64-gnu',
          { cpu: ['x64'] },
        ),
      },
      [`error native-module linux/arm64: esbuild, rollup: ${WRONG}`],
    ],
  ])('%s', (_, files, expected) => {
    expect(judge(files)).toEqual(expected)
  })

  test('the build for the other C library is not the one', () => {
    const rollup = {
      [`${MODULES}/rollup/package.json`]: nodePackage('rollup', {
        optionalDependencies: ['@rollup/rollup-linux-arm64-gnu', '@rollup/rollup-linux-arm64-musl'],
      }),
      [`${MODULES}/@rollup/rollup-linux-arm64-musl/package.json`]: nodePackage(
        '@rollup/rollup-linux-arm64-musl',
        { cpu: ['arm64'], libc: ['musl'] },
      ),
    }
    expect(judge(rollup)).toEqual([`error native-module linux/arm64: rollup: ${WRONG}`])
    expect(
      show(audit([{ platform: ARM64, files: { ...muslRoot(ARM64), ...rollup } }], PLATFORM_RULES)),
    ).toEqual([])
  })

  test('none on one platform, while others have theirs: an error where the package needs it', () => {
    const make = (name: string) =>
      [AMD64, ARM64, S390X].map(platform => {
        const cpu = { [AMD64]: 'x64', [ARM64]: 'arm64', [S390X]: 's390x' }[platform] ?? ''
        const names = ['x64', 'arm64', 's390x'].map(each => `@x/${name}-linux-${each}`)
        return {
          platform,
          files: {
            ...glibcRoot(platform),
            [`${MODULES}/${name}/package.json`]: nodePackage(name, { optionalDependencies: names }),
            ...(platform === S390X
              ? {}
              : {
                  [`${MODULES}/@x/${name}-linux-${cpu}/package.json`]: nodePackage(
                    `@x/${name}-linux-${cpu}`,
                    { cpu: [cpu] },
                  ),
                }),
          },
        }
      })
    expect(show(audit(make('rollup'), PLATFORM_RULES))).toEqual([
      'error native-module linux/s390x: rollup: the native build for this platform is not installed',
    ])
    expect(show(audit(make('msgpackr-extract'), PLATFORM_RULES))).toEqual([
      'warning native-module linux/s390x: msgpackr-extract: the native build for this platform is not installed',
    ])
  })
})

describe('addons that a Node package brings', () => {
  const X = { [`${MODULES}/x/package.json`]: nodePackage('x') }
  test.each<[string, SyntheticFiles, string[]]>([
    [
      'for one other platform',
      { ...X, [`${MODULES}/x/prebuilds/linux-x64/x.node`]: lib(AMD64) },
      ['error native-module linux/arm64: x has native code for amd64 and none for this'],
    ],
    [
      'for several others',
      {
        ...X,
        [`${MODULES}/x/prebuilds/linux-x64/x.node`]: lib(AMD64),
        [`${MODULES}/x/prebuilds/darwin-arm64/x.node`]: { text: false },
        [`${MODULES}/x/prebuilds/win32-x64/x.node`]: { text: false },
      },
      ['warning native-module linux/arm64: x has native code for other platforms and none for this'],
    ],
    [
      'for this one too',
      {
        ...X,
        [`${MODULES}/x/prebuilds/linux-x64/x.node`]: lib(AMD64),
        [`${MODULES}/x/prebuilds/linux-arm64/x.node`]: lib(ARM64),
      },
      [],
    ],
    [
      'compiled where there was no prebuilt one',
      {
        ...X,
        [`${MODULES}/x/prebuilds/linux-x64/x.node`]: lib(AMD64),
        [`${MODULES}/x/build/Release/x.node`]: lib(ARM64),
      },
      [],
    ],
    [
      'built on macOS',
      { ...X, [`${MODULES}/x/build/Release/x.node`]: { text: false } },
      ['error native-module linux/arm64: /app/node_modules/x/build/Release/x.node is no Linux code'],
    ],
    ['a text of that ending', { ...X, [`${MODULES}/x/readme.node`]: { text: true } }, []],
    ['an empty file', { ...X, [`${MODULES}/x/x.node`]: { text: false, size: 0 } }, []],
    ['test data', { ...X, [`${MODULES}/x/test/linux-x64/x.node`]: lib(AMD64) }, []],
  ])('%s', (_, files, expected) => {
    expect(judge(files)).toEqual(expected)
  })
})

describe('Python', () => {
  const SITE = 'usr/lib/python3/dist-packages'
  const wheel = (...tags: string[]): SyntheticFile => ({
    text: true,
    fact: { kind: 'wheel', tags } satisfies FileFact,
  })
  const foreign = `error native-module linux/arm64: /${SITE}/x.cpython-311-x86_64-linux-gnu.so is for x86_64, so that Python does not import it`
  test.each<[string, SyntheticFiles, string[]]>([
    ['an extension of this platform', { [`${SITE}/x.cpython-311-aarch64-linux-gnu.so`]: lib(ARM64) }, []],
    ['one of another platform', { [`${SITE}/x.cpython-311-x86_64-linux-gnu.so`]: lib(AMD64) }, [foreign]],
    [
      'one beside the own one',
      {
        [`${SITE}/x.cpython-311-x86_64-linux-gnu.so`]: lib(AMD64),
        [`${SITE}/x.cpython-311-aarch64-linux-gnu.so`]: lib(ARM64),
      },
      [],
    ],
    [
      'one of macOS',
      { [`${SITE}/x.cpython-311-darwin.so`]: { text: false } },
      [
        `error native-module linux/arm64: /${SITE}/x.cpython-311-darwin.so is for darwin, so that Python does not import it`,
      ],
    ],
    [
      'one that is only misnamed',
      { [`${SITE}/x.cpython-311-x86_64-linux-gnu.so`]: lib(ARM64) },
      [foreign.replace('error', 'warning')],
    ],
    ['an extension without a tag', { [`${SITE}/x.abi3.so`]: lib(ARM64) }, []],
    [
      'a wheel for this platform',
      {
        [`${SITE}/x-1.dist-info/WHEEL`]: wheel(
          'cp311-cp311-manylinux_2_17_aarch64',
          'cp311-cp311-manylinux2014_aarch64',
        ),
      },
      [],
    ],
    ['a wheel for every platform', { [`${SITE}/x-1.dist-info/WHEEL`]: wheel('py3-none-any') }, []],
    [
      'a wheel for another platform',
      { [`${SITE}/x-1.dist-info/WHEEL`]: wheel('cp311-cp311-macosx_11_0_arm64') },
      [
        'warning native-module linux/arm64: the Python package x-1.dist-info was installed from a wheel for another platform',
      ],
    ],
  ])('%s', (_, files, expected) => {
    expect(judge(files)).toEqual(expected)
  })

  test.each([
    ['linux/arm/v7', 'arm-linux-gnueabihf', 'linux_armv7l'],
    ['linux/386', 'i386-linux-gnu', 'manylinux_2_17_i686'],
    ['linux/ppc64le', 'powerpc64le-linux-gnu', 'manylinux_2_17_ppc64le'],
    ['linux/s390x', 's390x-linux-gnu', 'musllinux_1_1_s390x'],
    ['linux/amd64', 'x86_64-linux-gnu', 'manylinux1_x86_64'],
  ])('knows the tags of %s', (platform, triplet, tag) => {
    const files = {
      [`${SITE}/x.cpython-311-${triplet}.so`]: lib(platform),
      [`${SITE}/x-1.dist-info/WHEEL`]: wheel(`cp311-cp311-${tag}`),
    }
    expect(judge(files, platform)).toEqual([])
  })
})

describe('Java archives', () => {
  const jar = (...members: [string, string][]): SyntheticFile => ({
    fact: {
      kind: 'archive',
      members: members.map(([path, platform]) => ({ path, size: 1, elf: library(platform) })),
    },
  })
  const LACKS =
    'warning native-module linux/arm64: x.jar has native libraries for amd64 and none for this platform'
  test.each<[string, SyntheticFiles, string[]]>([
    [
      'with this platform',
      { 'opt/x.jar': jar(['linux/x86_64/x.so', AMD64], ['linux/aarch64/x.so', ARM64]) },
      [],
    ],
    ['without it', { 'opt/x.jar': jar(['linux/x86_64/x.so', AMD64]) }, [LACKS]],
    ['for Android only', { 'opt/x.jar': jar(['android/x86_64/x.so', AMD64]) }, []],
    [
      'one for each platform',
      {
        'opt/x-linux-x86_64.jar': jar(['x.so', AMD64]),
        'opt/x-linux-aarch_64.jar': jar(['x.so', ARM64]),
      },
      [],
    ],
    ['without native code', { 'opt/x.jar': jar() }, []],
  ])('%s', (_, files, expected) => {
    expect(judge(files)).toEqual(expected)
  })
})

test('a program that Node starts counts as its C library', () => {
  const node = { 'usr/bin/node': { mode: 0o755, elf: program(ARM64) } }
  expect(judge(node)).toEqual([])
})
