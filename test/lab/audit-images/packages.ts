import { assembleImage, type PlatformParts } from '../debian/debian-image.js'
import { installNpmPackages } from '../debian/npm-packages.js'
import { NPM_CPUS, NPM_PACKAGES } from '../debian/programs.js'
import { readText } from '../debian/read-deb.js'
import type { FileEntry } from '../layer.js'
import { AMD64, ARM_V7, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { addLayer, changeOne, listPaths, readFile, removePath, startFrom } from './change.js'
import type { KnownBad } from './known-bad.js'

const ARM64_ONLY = ['linux/arm64']
const STATUS = 'var/lib/dpkg/status'
const MODULES = 'srv/app/node_modules'
const PYTHON_MODULES = 'usr/lib/python3/dist-packages'

/** Packages and their native parts: other versions, none, another platform's. */
export const PACKAGES: readonly KnownBad[] = [
  {
    name: 'version-skew',
    kind: 'B23',
    about: 'arm64 has an older openssl than the others',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await changeStatus(parts, ARM64, (name, text) =>
          name === 'openssl' ? text.replace(/^Version: .*/m, 'Version: 3.0.9-1') : text,
        ),
      )
    },
    expected: [{ rule: 'package-version', platforms: ARM64_ONLY }],
  },
  {
    name: 'package-missing',
    kind: 'B24',
    about: 'netbase is not installed on s390x',
    build: async () =>
      assembleImage(await removePackage(await startFrom('debian-cpp'), S390X, 'netbase', [])),
    expected: [{ rule: 'package-missing', platforms: ['linux/s390x'] }],
  },
  {
    name: 'tzdata-missing',
    kind: 'B34',
    about: 'tzdata is not installed on arm/v7: times are in UTC and nothing fails',
    build: async () =>
      assembleImage(
        await removePackage(await startFrom('debian-cpp'), ARM_V7, 'tzdata', ['usr/share/zoneinfo']),
      ),
    expected: [{ rule: 'package-missing', platforms: ['linux/arm/v7'] }],
  },
  {
    name: 'zoneinfo-missing',
    kind: 'B34',
    about: 'the files of tzdata were removed on arm64, the package is still there',
    build: async () =>
      assembleImage(
        await changeOne(await startFrom('debian-cpp'), ARM64, [removePath('usr/share/zoneinfo')]),
      ),
    expected: [{ rule: 'file-missing', platforms: ARM64_ONLY }],
  },
  {
    name: 'certificates-missing',
    kind: 'B34',
    about: 'the bundle of CA certificates was not made on s390x, where its maker did not run',
    build: async () =>
      assembleImage(
        await changeOne(await startFrom('debian-cpp'), S390X, [
          removePath('etc/ssl/certs/ca-certificates.crt'),
        ]),
      ),
    expected: [
      { rule: 'file-missing', platforms: ['linux/s390x'], paths: ['/etc/ssl/certs/ca-certificates.crt'] },
    ],
  },
  {
    name: 'markupsafe-fallback',
    kind: 'B19',
    about: 'markupsafe has no native part on arm/v7 and falls back to Python',
    build: async () =>
      assembleImage(
        await changeOne(await startFrom('debian-python'), ARM_V7, [
          removePath(`${PYTHON_MODULES}/markupsafe/_speedups.cpython-311-arm-linux-gnueabihf.so`),
        ]),
      ),
    expected: [{ rule: 'module-missing', platforms: ['linux/arm/v7'] }],
  },
  {
    name: 'yaml-fallback',
    kind: 'B19',
    about: 'PyYAML lacks its native part on s390x',
    build: async () =>
      assembleImage(
        await changeOne(await startFrom('debian-python'), S390X, [
          removePath(`${PYTHON_MODULES}/yaml/_yaml.cpython-311-s390x-linux-gnu.so`),
        ]),
      ),
    expected: [{ rule: 'module-missing', platforms: ['linux/s390x'] }],
  },
  {
    name: 'wheel-of-amd64',
    kind: 'B20',
    about: "the arm64 image has amd64's native part of PyYAML, copied from the build machine",
    build: async () => {
      const parts = await startFrom('debian-python')
      const name = (triplet: string): string => `${PYTHON_MODULES}/yaml/_yaml.cpython-311-${triplet}.so`
      const foreign = await readFile(parts, AMD64, name('x86_64-linux-gnu'))
      return assembleImage(await changeOne(parts, ARM64, [foreign, removePath(name('aarch64-linux-gnu'))]))
    },
    expected: [
      {
        rule: 'native-module',
        platforms: ARM64_ONLY,
        paths: [`/${PYTHON_MODULES}/yaml/_yaml.cpython-311-x86_64-linux-gnu.so`],
      },
    ],
  },
  {
    name: 'esbuild-of-amd64',
    kind: 'B18',
    about: "node_modules of amd64 in the arm64 image: esbuild's program is of another platform",
    build: async () => {
      const parts = await startFrom('debian-node')
      const entries = await installNpmPackages(NPM_PACKAGES, { cpu: 'x64' }, 'srv/app')
      const kept = entries.filter(({ path }) => path.startsWith(`${MODULES}/@esbuild/linux-x64`))
      return assembleImage(
        await changeOne(parts, ARM64, [...kept, removePath(`${MODULES}/@esbuild/linux-arm64`)]),
      )
    },
    expected: [{ rule: 'native-module', platforms: ARM64_ONLY }],
  },
  {
    name: 'rollup-without-native-part',
    kind: 'B18',
    about: "rollup's addon was not installed on s390x (npm's bug with optional dependencies)",
    build: async () =>
      assembleImage(
        await changeOne(await startFrom('debian-node'), S390X, [
          removePath(`${MODULES}/@rollup/rollup-linux-s390x-gnu`),
        ]),
      ),
    expected: [{ rule: 'native-module', platforms: ['linux/s390x'] }],
  },
  {
    name: 'rollup-for-musl',
    kind: 'B21',
    about: "arm64 has rollup's addon for musl in an image with glibc",
    build: async () => {
      const files = await installNpmPackages({ rollup: '4.50.0' }, { cpu: 'arm64', libc: 'musl' }, 'srv/app')
      const musl = files.filter(({ path }) => path.startsWith(`${MODULES}/@rollup/rollup-linux-arm64-musl`))
      return assembleImage(
        await changeOne(await startFrom('debian-node'), ARM64, [
          ...musl,
          removePath(`${MODULES}/@rollup/rollup-linux-arm64-gnu`),
        ]),
      )
    },
    expected: [{ rule: 'native-module', platforms: ARM64_ONLY }],
  },
  {
    name: 'bufferutil-fallback',
    kind: 'B19',
    about: 'bufferutil has a prebuilt addon for x64 alone, and says nothing on the others',
    build: async () =>
      assembleImage(
        await addLayer(await startFrom('debian-node'), async ({ debian }) => {
          const cpu = NPM_CPUS[debian] ?? ''
          const files = await installNpmPackages({ bufferutil: '4.0.9' }, { cpu }, 'srv/app')
          return files.filter(({ path }) => /node_modules\/(bufferutil|node-gyp-build)\//.test(path))
        }),
      ),
    expected: [{ rule: 'native-module', platforms: ['linux/arm64', 'linux/arm/v7', 'linux/s390x'] }],
  },
]

/** Changes paragraphs of a platform's dpkg database; an empty one is left out. */
async function changeStatus(
  parts: readonly PlatformParts[],
  platform: LabPlatform,
  change: (name: string, paragraph: string) => string,
  more: readonly FileEntry[] = [],
): Promise<PlatformParts[]> {
  const status = readText(await readFile(parts, platform, STATUS))
  const paragraphs = status.split('\n\n').filter(Boolean)
  const changed = paragraphs.map(text => change(/^Package: (.*)/.exec(text)?.[1] ?? '', text))
  const content = changed
    .filter(Boolean)
    .map(text => `${text}\n\n`)
    .join('')
  return await changeOne(parts, platform, [{ path: STATUS, content }, ...more])
}

/** Removes a package as dpkg would: its paragraph, its lists, its files; folders that are its own are named. */
async function removePackage(
  parts: readonly PlatformParts[],
  platform: LabPlatform,
  name: string,
  folders: readonly string[],
): Promise<PlatformParts[]> {
  const list = `var/lib/dpkg/info/${name}.list`
  const files = readText(await readFile(parts, platform, list))
    .split('\n')
    .filter(Boolean)
  const own = await listPaths(parts, platform)
  const removed = files
    .map(file => file.slice(1))
    .filter(file => own.get(file) === false && !folders.some(folder => file.startsWith(`${folder}/`)))
  const information = [...own.keys()].filter(path => path.startsWith(`var/lib/dpkg/info/${name}.`))
  return await changeStatus(
    parts,
    platform,
    (package_, text) => (package_ === name ? '' : text),
    [...removed, ...information, ...folders].map(removePath),
  )
}
