import { assembleImage, writePlatform } from '../debian/debian-image.js'
import { writeIndex } from '../image-writer.js'
import { buildPlatform } from '../images/recipe.js'
import { AMD64, ARM_V7, ARM64, LAB_PLATFORMS, type LabPlatform } from '../platforms.js'
import { readBusybox } from '../userland.js'
import { addLayer, changeOne, findLibz, pretend, printer, readFile, startFrom } from './change.js'
import type { KnownBad } from './known-bad.js'

const ARM64_ONLY = ['linux/arm64']
const [, LIBZ] = findLibz(ARM64)

/** Code of another platform, in every size. */
export const FOREIGN: readonly KnownBad[] = [
  {
    name: 'foreign-static',
    kind: 'B1',
    about: 'the app of the arm64 image is a static amd64 busybox',
    build: async () => {
      const build = async (platform: LabPlatform) => {
        const busybox = await readBusybox(platform === ARM64 ? AMD64 : platform)
        return await buildPlatform(platform, { app: () => Buffer.from(busybox.content ?? '') })
      }
      return writeIndex(await Promise.all(LAB_PLATFORMS.map(build)))
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY, paths: ['/usr/bin/app'] }],
  },
  {
    name: 'foreign-dynamic',
    kind: 'B2',
    about: 'a dynamic amd64 program in the arm64 image, whose loader is not there',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => [
          {
            ...(await readFile(parts, platform === ARM64 ? AMD64 : platform, 'usr/bin/ninja')),
            path: 'usr/local/bin/make',
          },
        ]),
      )
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY, paths: ['/usr/local/bin/make'] }],
  },
  {
    name: 'foreign-userland',
    kind: 'B3',
    about: 'all layers of the arm64 image are those of amd64, config and index say arm64',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(parts.map(each => (each.platform === ARM64 ? pretend(parts, AMD64, ARM64) : each)))
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY }],
  },
  {
    name: 'foreign-tool',
    kind: 'B5',
    about: 'a download without a TARGETARCH: one amd64 tool on arm64',
    build: async () =>
      assembleImage(
        await addLayer(await startFrom('debian-cpp'), platform => [
          printer('usr/local/bin/tool', platform === ARM64 ? AMD64 : platform),
        ]),
      ),
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY, paths: ['/usr/local/bin/tool'] }],
  },
  {
    name: 'foreign-tool-everywhere',
    kind: 'B5',
    about: 'the same amd64 tool on all platforms',
    build: async () =>
      assembleImage(
        await addLayer(await startFrom('debian-cpp'), () => [printer('usr/local/bin/tool', AMD64)]),
      ),
    expected: [
      {
        rule: 'foreign-elf',
        platforms: ['linux/arm64', 'linux/arm/v7', 'linux/s390x'],
        paths: ['/usr/local/bin/tool'],
      },
    ],
  },
  {
    name: 'armhf-as-arm64',
    kind: 'B8',
    about: 'an armhf root, its config too says arm64',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const kept = parts.filter(each => each.platform !== ARM_V7)
      return assembleImage(kept.map(each => (each.platform === ARM64 ? pretend(parts, ARM_V7, ARM64) : each)))
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY }],
  },
  {
    name: 'foreign-library',
    kind: 'B20',
    about: 'the libz of amd64 lies in the place of that of arm64',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const libz = await readFile(parts, ...findLibz(AMD64))
      return assembleImage(await changeOne(parts, ARM64, [{ ...libz, path: LIBZ }]))
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY, paths: [`/${LIBZ}`] }],
  },
  {
    name: 'foreign-plugin',
    kind: 'B20',
    about: 'a library that the app opens by its path is of amd64 on arm64',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => [
          {
            ...(await readFile(parts, ...findLibz(platform === ARM64 ? AMD64 : platform))),
            path: 'srv/app/plugins/flate.so',
          },
        ]),
      )
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY, paths: ['/srv/app/plugins/flate.so'] }],
  },
  {
    name: 'wrong-class',
    kind: 'B20',
    about: 'an armhf plugin in the arm64 image: wrong ELF class',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => [
          {
            ...(await readFile(parts, ...findLibz(platform === ARM64 ? ARM_V7 : platform))),
            path: 'srv/app/plugins/flate.so',
          },
        ]),
      )
    },
    expected: [{ rule: 'foreign-elf', platforms: ARM64_ONLY, paths: ['/srv/app/plugins/flate.so'] }],
  },
  {
    name: 'mislabelled-config',
    kind: 'B6',
    about: 'the config of the arm64 image says amd64',
    build: async () =>
      assembleImage(
        (await startFrom('debian-cpp')).map(each =>
          each.platform === ARM64 ? { ...each, configPlatform: AMD64.platform } : each,
        ),
      ),
    expected: [{ rule: 'config-platform', platforms: ARM64_ONLY }],
  },
  {
    name: 'same-manifest',
    kind: 'B7',
    about: 'the amd64 manifest is listed for arm64 too',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const [amd64, , ...others] = parts.map(writePlatform)
      if (amd64 === undefined) throw new Error('no amd64')
      const again = { ...amd64, descriptor: { ...amd64.descriptor, platform: ARM64.platform } }
      return writeIndex([amd64, again, ...others])
    },
    expected: [
      { rule: 'config-platform', platforms: ARM64_ONLY },
      { rule: 'same-manifest', platforms: ['linux/amd64', 'linux/arm64'] },
      { rule: 'foreign-elf', platforms: ARM64_ONLY },
    ],
  },
]
