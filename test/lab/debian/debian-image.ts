import { readFileSync } from 'node:fs'
import path from 'node:path'
import pLimit from 'p-limit'
import type { Platform } from '../../../src/model/platform.js'
import { digestBytes } from '../digest-bytes.js'
import { type Content, type RuntimeConfig, writeImage, writeIndex } from '../image-writer.js'
import type { Layer } from '../layer.js'
import { LAB_PLATFORMS, type LabPlatform } from '../platforms.js'
import { readLayer } from '../read-layer.js'
import { buildStoredLayer } from '../stored-layer.js'
import { writeDatabase, writeInformation, writeStatus } from './database.js'
import { type ClosureRequest, fetchClosures } from './fetch-closure.js'
import { finishBase } from './finish.js'
import { HEALTHY_PROGRAMS } from './healthy-programs.js'
import { writeLoaderCache } from './loader-cache.js'
import { linkMergedFolders, listMergedFolders } from './merged-usr.js'
import { DEBIAN_PROGRAMS, type DebianProgram, LARGE_PROGRAMS } from './programs.js'
import { type DebPackage, readDeb, readText } from './read-deb.js'
import { unpackPackages } from './unpack.js'

const PROGRAMS = { ...DEBIAN_PROGRAMS, ...LARGE_PROGRAMS, ...HEALTHY_PROGRAMS }

export type DebianImageName = keyof typeof PROGRAMS

/** One platform of an image before it is bytes, so that a test can change it. */
export interface PlatformParts {
  readonly platform: LabPlatform
  readonly layers: readonly Layer[]
  readonly config: RuntimeConfig
  /** What the config claims, where it is to differ from `platform`. */
  readonly configPlatform?: Platform
}

/** What every Debian image of the lab begins with; `usr-is-merged` keeps apt from choosing a program that merges. */
const BASE = ['?essential', 'usr-is-merged', 'ca-certificates', 'tzdata', 'netbase', 'iputils-ping']

const STATUS = 'var/lib/dpkg/status'

/** Two at a time: unpacking is work for a processor. */
const limit = pLimit(2)

/** Builds an image of real Debian packages: its base, shared by all, and its program with what that needs. */
export async function buildDebianImage(
  name: DebianImageName,
  platforms: readonly LabPlatform[] = PROGRAMS[name].platforms,
): Promise<Content> {
  return assembleImage(await buildDebianPlatforms(name, platforms))
}

/** The platforms of such an image, in the order of its index. */
export async function buildDebianPlatforms(
  name: DebianImageName,
  platforms: readonly LabPlatform[] = PROGRAMS[name].platforms,
): Promise<PlatformParts[]> {
  const program: DebianProgram = PROGRAMS[name]
  return await Promise.all(
    platforms.map(async platform => {
      const base = await buildBase(platform)
      return {
        platform,
        layers: [base, await buildProgram(name, program, platform, base)],
        config: program.config,
      }
    }),
  )
}

/** Writes platforms as one image. */
export function assembleImage(platforms: readonly PlatformParts[]): Content {
  return writeIndex(platforms.map(writePlatform))
}

/** Writes one platform's manifest. */
export function writePlatform({ platform, ...rest }: PlatformParts): Content {
  return writeImage({ ...rest, platform: platform.platform })
}

/** Every closure that some image needs: asking for all at once means that apt reads its lists once. */
const CLOSURES: readonly ClosureRequest[] = [
  ...LAB_PLATFORMS.map(({ debian }) => ({ architecture: debian, packages: BASE })),
  ...listClosures(DEBIAN_PROGRAMS),
]

function listClosures(programs: Readonly<Record<string, DebianProgram>>): ClosureRequest[] {
  return Object.values(programs).flatMap(({ platforms, packages }) =>
    platforms.map(({ debian }) => ({ architecture: debian, packages: [...BASE, ...packages] })),
  )
}

/** Files of the base's packages and of those `more`, with all that they need. */
async function fetchFiles({ debian }: LabPlatform, more: readonly string[] = []): Promise<string[]> {
  const wanted = [...BASE, ...more].join(' ')
  const matches = ({ architecture, packages }: ClosureRequest) =>
    architecture === debian && packages.join(' ') === wanted
  const groups = [CLOSURES, listClosures(LARGE_PROGRAMS), listClosures(HEALTHY_PROGRAMS)]
  const requests = groups.find(each => each.some(matches)) ?? []
  return (await fetchClosures(requests))[requests.findIndex(matches)] ?? []
}

async function buildBase(platform: LabPlatform): Promise<Layer> {
  const files = await fetchFiles(platform)
  return await buildStoredLayer({
    name: `debian-base-${platform.debian}`,
    inputs: [BASE_RECIPE, files.map(file => path.basename(file))],
    build: async () => {
      const packages = await readPackages(files)
      const folders = listMergedFolders(platform.debian)
      const unpacked = unpackPackages(packages, folders)
      return [
        ...[...linkMergedFolders(folders), ...unpacked, ...finishBase(unpacked)],
        ...[...writeDatabase(packages), writeLoaderCache(unpacked, platform.debian)],
      ]
    },
  })
}

async function buildProgram(
  name: string,
  program: DebianProgram,
  platform: LabPlatform,
  base: Layer,
): Promise<Layer> {
  const below = await fetchFiles(platform)
  const all = await fetchFiles(platform, program.packages)
  return await buildStoredLayer({
    name: `${name}-${platform.debian}`,
    inputs: [RECIPE, base.diffId, all.map(file => path.basename(file))],
    build: async () => {
      const missing = below.filter(file => !all.includes(file))
      if (missing.length > 0) throw new Error(`${name} leaves out of its base: ${missing.join(' ')}`)
      const packages = await readPackages(all.filter(file => !below.includes(file)))
      const unpacked = unpackPackages(packages, listMergedFolders(platform.debian))
      const earlier = await readLayer(base.file ?? '', path => path === STATUS)
      const status = readText(earlier.find(({ path }) => path === STATUS))
      return [
        ...[...unpacked, ...packages.flatMap(writeInformation)],
        { path: STATUS, content: writeStatus(packages, status) },
        writeLoaderCache([...earlier, ...unpacked], platform.debian),
        ...(await program.files(platform, unpacked)),
      ]
    },
  })
}

/** base-files first, for the modes of its folders; then by name, as the order of apt's answers is nobody's promise. */
async function readPackages(files: readonly string[]): Promise<DebPackage[]> {
  const packages = await Promise.all(files.map(file => limit(() => readDeb(file))))
  const rank = ({ name }: DebPackage): string => (name === 'base-files' ? '' : name)
  return packages.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

/** Both change with the code that makes layers, so that none is kept that another version of it has made. */
const BASE_RECIPE = hashSources('database finish loader-cache merged-usr read-deb unpack')
const RECIPE = hashSources('npm-packages programs healthy-programs')

function hashSources(names: string): string {
  const files = names.split(' ').map(name => path.join(import.meta.dirname, `${name}.ts`))
  return digestBytes(Buffer.concat(files.map(file => readFileSync(file))))
}
