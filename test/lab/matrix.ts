import { changeOne, removePath, startFrom } from './audit-images/change.js'
import { KNOWN_BAD } from './audit-images/index.js'
import { assembleImage, buildDebianImage, type DebianImageName } from './debian/debian-image.js'
import { HEALTHY_PROGRAMS } from './debian/healthy-programs.js'
import { DEBIAN_PROGRAMS } from './debian/programs.js'
import type { Content } from './image-writer.js'
import { ARM64 } from './platforms.js'
import { pushContent } from './push-content.js'
import { pushLabImage } from './push-image.js'

/** One image of the confusion matrix: what is wrong with it, on which platforms; nothing where it is a good one. */
export interface MatrixCase {
  readonly name: string
  /** In a few words. */
  readonly about: string
  readonly platforms: readonly string[]
}

const HEALTHY = [
  'healthy',
  'web',
  'python',
  ...Object.keys(DEBIAN_PROGRAMS),
  ...Object.keys(HEALTHY_PROGRAMS),
]

/** Faults that show when something runs, of the images that the audit is proven on. */
const AUDITED: ReadonlySet<string> = new Set([
  ...['foreign-dynamic', 'foreign-userland', 'armhf-as-arm64', 'foreign-library'],
  ...['wrong-class', 'same-manifest', 'v7-root-as-v6', 'go-arm-7', 'x86-64-v3'],
  ...['library-missing', 'symbol-version', 'loader-missing', 'musl-on-glibc', 'glibc-on-musl'],
  ...['zoneinfo-missing', 'certificates-missing', 'markupsafe-fallback', 'yaml-fallback', 'wheel-of-amd64'],
  ...['esbuild-of-amd64', 'rollup-without-native-part', 'rollup-for-musl', 'bufferutil-fallback'],
  ...['entrypoint-differs', 'script-interpreter', 'damaged-program', 'content-missing'],
])

/** The same of the lab's own images. */
const OWN: readonly MatrixCase[] = [
  { name: 'crash', about: 'a program that dies of SIGILL', platforms: ['linux/arm64'] },
  { name: 'differs', about: 'another version', platforms: ['linux/s390x'] },
  { name: 'foreign-app', about: 'a static program of amd64', platforms: ['linux/arm64'] },
  { name: 'lost-library', about: 'a library is missing', platforms: ['linux/arm64'] },
  { name: 'lost-zones', about: 'time zones are missing', platforms: ['linux/arm64'] },
  {
    name: 'wrong-modules',
    about: 'modules are missing, or foreign',
    platforms: ['linux/arm64', 'linux/s390x'],
  },
  { name: 'wrong-program', about: 'a dynamic program of amd64', platforms: ['linux/arm64'] },
]

const FFI = 'usr/lib/aarch64-linux-gnu/libffi.so.8'

/** Images that are too large to be built in tests. */
const LARGE: readonly (MatrixCase & { readonly build: () => Promise<Content> })[] = [
  {
    name: 'jar-library-needs',
    about: 'a native library in a jar needs a library that arm64 lacks',
    platforms: ['linux/arm64'],
    build: async () => {
      const removed = [removePath(FFI), removePath(`${FFI}.1.2`)]
      return assembleImage(await changeOne(await startFrom('debian-java'), ARM64, removed))
    },
  },
]

/** Good images first. */
export function listCases(): MatrixCase[] {
  return [
    ...HEALTHY.map(name => ({ name, about: 'nothing is wrong', platforms: [] })),
    ...OWN,
    ...LARGE,
    ...KNOWN_BAD.filter(({ name }) => AUDITED.has(name)).map(({ name, about, expected }) => ({
      name,
      about,
      platforms: [...new Set(expected.flatMap(each => each.platforms))],
    })),
  ]
}

/** Builds a case's image where it is not there yet, and pushes it. */
export async function pushCase({ name }: MatrixCase, registry: string): Promise<string> {
  const audited = [...KNOWN_BAD, ...LARGE].find(each => each.name === name)
  if (audited === undefined && !name.startsWith('debian-')) return pushLabImage(name, registry, 'matrix')
  const content = await (audited === undefined ? buildDebianImage(name as DebianImageName) : audited.build())
  const repository = `matrix/${name}`
  await pushContent(content, { registry, repository, tag: 'latest' })
  return `${registry}/${repository}:latest`
}
