import { assembleImage } from '../debian/debian-image.js'
import { fetchPackages, NEWER_SUITE } from '../debian-packages.js'
import { writeIndex } from '../image-writer.js'
import { buildPlatform } from '../images/recipe.js'
import { AMD64, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { readPackage } from '../read-package.js'
import {
  addLayer,
  changeOne,
  findLibz,
  patchBytes,
  printer,
  readFile,
  removePath,
  startFrom,
  TRIPLETS,
} from './change.js'
import type { KnownBad } from './known-bad.js'

const ARM64_ONLY = ['linux/arm64']
const MAKE = ['/usr/local/bin/make']
const STANDARD = 'libstdc++.so.6.0.30'
/** As long as `libstdc++.so.6`. */
const OWN = 'libmaker.so.12'

/** What a program's loader does not find, or refuses. */
export const LIBRARIES: readonly KnownBad[] = [
  {
    name: 'library-missing',
    kind: 'B22',
    about: 'arm64 lacks a library that programs need, although its package is installed',
    build: async () => {
      const [, path] = findLibz(ARM64)
      const removed = [removePath(path), removePath(path.replace('.1.2.13', '.1'))]
      return assembleImage(await changeOne(await startFrom('debian-cpp'), ARM64, removed))
    },
    expected: [{ rule: 'missing-library', platforms: ARM64_ONLY }],
  },
  {
    name: 'library-of-a-tool-missing',
    kind: 'B22',
    about: 'a tool was copied to s390x without the library that it brings',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => {
          const ninja = await readFile(parts, platform, 'usr/bin/ninja')
          const library = await readFile(parts, platform, `usr/lib/${TRIPLETS[platform.debian]}/${STANDARD}`)
          return [
            {
              ...ninja,
              path: 'usr/local/bin/make',
              content: patchBytes(ninja.content, 'libstdc++.so.6', OWN),
            },
            // Where the loader looks by itself, so that no configuration is needed.
            ...(platform === S390X ? [] : [{ ...library, path: `usr/lib/${OWN}` }]),
          ]
        }),
      )
    },
    expected: [{ rule: 'missing-library', platforms: ['linux/s390x'], paths: MAKE }],
  },
  {
    name: 'symbol-version',
    kind: 'B2',
    about: 'arm64 has a program of the next Debian release, which asks for a newer glibc',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => {
          const ninja = await readFile(parts, platform, 'usr/bin/ninja')
          const content = platform === ARM64 ? await readNewerNinja(platform) : ninja.content
          return [{ ...ninja, path: 'usr/local/bin/make', content }]
        }),
      )
    },
    expected: [{ rule: 'symbol-version', platforms: ARM64_ONLY, paths: MAKE }],
  },
  {
    name: 'loader-missing',
    kind: 'B2',
    about: 'the program of arm64 was linked for a loader of its build machine',
    build: () => replaceLoader('/nix/store/lib/ld.so.1'),
    expected: [{ rule: 'missing-interpreter', platforms: ARM64_ONLY, paths: MAKE }],
  },
  {
    name: 'musl-on-glibc',
    kind: 'B21',
    about: 'a program for musl in the arm64 image, which has glibc',
    build: () => replaceLoader('/lib/ld-musl-aarch64.so.1'),
    expected: [{ rule: 'libc-mismatch', platforms: ARM64_ONLY, paths: MAKE }],
  },
  {
    name: 'glibc-on-musl',
    kind: 'B21',
    about: 'a program for glibc in the arm64 image, which has musl',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const build = async (platform: LabPlatform) => {
        const [musl = ''] = await fetchPackages([{ name: 'musl', architecture: platform.debian }])
        const files = await readPackage(musl)
        const app =
          platform === ARM64
            ? (await readFile(parts, ARM64, 'usr/bin/ninja')).content
            : printer('app', platform).content
        return await buildPlatform(platform, { files: () => files, app: () => Buffer.from(app ?? '') })
      }
      return writeIndex(await Promise.all([AMD64, ARM64, S390X].map(build)))
    },
    expected: [{ rule: 'libc-mismatch', platforms: ARM64_ONLY, paths: ['/usr/bin/app'] }],
  },
]

/** One program on all platforms, which on arm64 asks for that loader. */
async function replaceLoader(loader: string): ReturnType<KnownBad['build']> {
  const parts = await startFrom('debian-cpp')
  return assembleImage(
    await addLayer(parts, async platform => {
      const ninja = await readFile(parts, platform, 'usr/bin/ninja')
      const content =
        platform === ARM64 ? patchBytes(ninja.content, '/lib/ld-linux-aarch64.so.1', loader) : ninja.content
      return [{ ...ninja, path: 'usr/local/bin/make', content }]
    }),
  )
}

async function readNewerNinja({ debian }: LabPlatform): Promise<Uint8Array> {
  const [file = ''] = await fetchPackages([{ name: 'ninja-build', architecture: debian }], NEWER_SUITE)
  const found = (await readPackage(file)).find(({ path }) => path === 'usr/bin/ninja')
  return Buffer.from(found?.content ?? '')
}
