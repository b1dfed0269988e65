import { assembleImage } from '../debian/debian-image.js'
import { installNpmPackages } from '../debian/npm-packages.js'
import { NPM_CPUS, NPM_PACKAGES } from '../debian/programs.js'
import { writeIndex } from '../image-writer.js'
import { buildPlatform } from '../images/recipe.js'
import { AMD64, ARM_V6, ARM_V7, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { addLayer, findLibz, patchBytes, pretend, readFile, startFrom } from './change.js'
import type { KnownBad } from './known-bad.js'

/** Code for newer machines than the platform promises. */
export const LEVELS: readonly KnownBad[] = [
  {
    name: 'v7-root-as-v6',
    kind: 'B9',
    about: 'a Debian armhf root under linux/arm/v6',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage([
        ...parts.filter(each => each.platform !== ARM_V7),
        pretend(parts, ARM_V7, ARM_V6),
      ])
    },
    expected: [{ rule: 'wrong-variant', platforms: ['linux/arm/v6'] }],
  },
  {
    name: 'go-arm-7',
    kind: 'B13',
    about: 'a Go program built with GOARM=7 in an image for linux/arm/v6',
    build: async () => {
      const platforms = [AMD64, ARM64, ARM_V6, S390X]
      const build = async (platform: LabPlatform) => {
        const esbuild = await readEsbuild(platform === ARM_V6 ? 'arm' : (NPM_CPUS[platform.debian] ?? ''))
        return await buildPlatform(platform, { app: () => Buffer.from(esbuild) })
      }
      return writeIndex(await Promise.all(platforms.map(build)))
    },
    expected: [{ rule: 'wrong-variant', platforms: ['linux/arm/v6'], paths: ['/usr/bin/app'] }],
  },
  {
    name: 'x86-64-v3',
    kind: 'B15',
    about: 'a C++ program that is marked as needing x86-64-v3',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => {
          const ninja = await readFile(parts, platform, 'usr/bin/ninja')
          const content =
            platform === AMD64 ? patchBytes(ninja.content, markIsa(1), markIsa(3)) : ninja.content
          return [{ ...ninja, path: 'usr/local/bin/make', content }]
        }),
      )
    },
    expected: [{ rule: 'isa-level', platforms: ['linux/amd64'], paths: ['/usr/local/bin/make'] }],
  },
  {
    name: 'go-amd64-v3',
    kind: 'B15',
    about: 'a Go program built with GOAMD64=v3',
    build: async () =>
      assembleImage(
        await addLayer(await startFrom('debian-node'), async platform => {
          const path = 'srv/app/node_modules/@esbuild/linux-x64/bin/esbuild'
          if (platform !== AMD64) return []
          const content = patchBytes(await readEsbuild('x64'), 'GOAMD64=v1', 'GOAMD64=v3')
          return [{ path, mode: 0o755, content }]
        }),
      ),
    expected: [
      {
        rule: 'isa-level',
        platforms: ['linux/amd64'],
        paths: ['/srv/app/node_modules/@esbuild/linux-x64/bin/esbuild'],
      },
    ],
  },
  {
    name: 'page-size-4k',
    kind: 'B17',
    about: 'a library that is aligned for pages of 4 KiB on arm64',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => {
          const libz = await readFile(parts, ...findLibz(platform))
          const content = platform === ARM64 ? layOutForSmallPages(libz.content) : libz.content
          return [{ ...libz, path: 'srv/app/plugins/flate.so', content }]
        }),
      )
    },
    expected: [{ rule: 'page-size', platforms: ['linux/arm64'], paths: ['/srv/app/plugins/flate.so'] }],
  },
]

/** Reads the program of the npm package esbuild for a CPU. */
async function readEsbuild(cpu: string): Promise<Uint8Array> {
  const files = await installNpmPackages(NPM_PACKAGES, { cpu }, 'app')
  const found = files.find(({ path }) => path.endsWith(`/@esbuild/linux-${cpu}/bin/esbuild`))
  return Buffer.from(found?.content ?? '')
}

/** GNU_PROPERTY_X86_ISA_1_NEEDED with its size and the bit of that level (x86-64 psABI, "Program Property"). */
function markIsa(level: 1 | 3): Buffer {
  return Buffer.from(`028000c004000000${level === 1 ? '01' : '04'}000000`, 'hex')
}

/**
 * Moves everything from the second PT_LOAD segment on by 4 KiB in a 64-bit little-endian file, as a linker for pages of
 * that size would lay it out: addresses stay as they are, so it still works where pages are that small.
 */
function layOutForSmallPages(content: Uint8Array): Buffer {
  const bytes = Buffer.from(content)
  const list = (start: bigint, size: number, count: number): number[] =>
    Array.from({ length: count }, (_, at) => Number(start) + at * size)
  const segments = list(bytes.readBigUInt64LE(32), bytes.readUInt16LE(54), bytes.readUInt16LE(56))
  const sections = list(bytes.readBigUInt64LE(40), bytes.readUInt16LE(58), bytes.readUInt16LE(60))
  const loaded = segments.filter(at => bytes.readUInt32LE(at) === 1)
  const from = bytes.readBigUInt64LE((loaded[1] ?? 0) + 8)
  for (const at of loaded) bytes.writeBigUInt64LE(0x1000n, at + 48)
  for (const at of [...segments.map(each => each + 8), ...sections.map(each => each + 24), 40]) {
    const offset = bytes.readBigUInt64LE(at)
    if (offset >= from) bytes.writeBigUInt64LE(offset + 0x1000n, at)
  }
  return Buffer.concat([bytes.subarray(0, Number(from)), Buffer.alloc(0x1000), bytes.subarray(Number(from))])
}
