import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { holdLock } from './lock.js'
import { findLabFolder } from './places.js'

/** One release for every machine, so that the lab's images are the same everywhere. */
export const SUITE = 'bookworm'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** A newer release, for programs that an image of the older one cannot run. */
export const NEWER_SUITE = 'trixie'

/** A Debian package of one architecture. */
export interface PackageName {
  readonly name: string
  /** Debian's word: `armhf`, `ppc64el`, ... */
  readonly architecture: string
}

/**
 * Gives the .deb files, downloading with apt what the cache does not hold. Foreign architectures are only ever
 * unpacked: this machine's own package lists and dpkg are not touched.
 */
export async function fetchPackages(packages: readonly PackageName[], suite = SUITE): Promise<string[]> {
  const folder = findLabFolder(`packages/${suite}`)
  const findFile = (wanted: PackageName) => path.join(folder, `${wanted.name}_${wanted.architecture}.deb`)
  if (!packages.every(wanted => existsSync(findFile(wanted)))) {
    await holdLock(folder, async () => {
      const missing = packages.filter(wanted => !existsSync(findFile(wanted)))
      if (missing.length > 0) await download(missing, suite, folder, findFile)
    })
  }
  return packages.map(findFile)
}

async function download(
  packages: readonly PackageName[],
  suite: string,
  folder: string,
  findFile: (wanted: PackageName) => string,
): Promise<void> {
  const work = await mkdtemp(path.join(folder, 'download-'))
  try {
    const architectures = [...new Set(packages.map(wanted => wanted.architecture))]
    await updateLists(work, architectures, suite)
    const options = listOptions(work, architectures)
    const names = packages.map(wanted => `${wanted.name}:${wanted.architecture}`)
    await execa('apt-get', [...options, 'download', ...names], { cwd: work, stdin: 'ignore' })
    const files = (await readdir(work)).filter(file => file.endsWith('.deb'))
    for (const wanted of packages) {
      const file = files.find(
        name => name.startsWith(`${wanted.name}_`) && name.endsWith(`_${wanted.architecture}.deb`),
      )
      if (file === undefined) throw new Error(`apt-get gave no ${wanted.name} for ${wanted.architecture}`)
      await rename(path.join(work, file), findFile(wanted))
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Downloads what the archive holds for those architectures into a folder of its own. */
export async function updateLists(
  work: string,
  architectures: readonly string[],
  suite = SUITE,
): Promise<void> {
  await mkdir(path.join(work, 'lists', 'partial'), { recursive: true })
  const sources = path.join(work, 'sources.list')
  await writeFile(sources, `deb [signed-by=${KEYRING}] ${findMirror()} ${suite} main\n`)
  await execa('apt-get', [...listOptions(work, architectures), 'update'], { cwd: work, stdin: 'ignore' })
}

/** apt with lists, sources and status of its own; the first architecture counts as the machine's. */
export function listOptions(work: string, architectures: readonly string[]): string[] {
  return [
    ['Dir::State::Lists', path.join(work, 'lists')],
    ['Dir::State::status', '/dev/null'],
    ['Dir::Cache', work],
    ['Dir::Etc::SourceList', path.join(work, 'sources.list')],
    ['Dir::Etc::SourceParts', '/dev/null'],
    ['Dir::Etc::Main', '/dev/null'],
    ['Acquire::Languages', 'none'],
    ['APT::Sandbox::User', 'root'],
    ['APT::Architecture', architectures[0] ?? 'amd64'],
    ...architectures.map(architecture => ['APT::Architectures::', architecture]),
  ].map(([name, value]) => `-o${name}=${value}`)
}

/** The mirror that this machine's own packages come from, where it is one of Debian's. */
export function findMirror(): string {
  const folder = '/etc/apt/sources.list.d'
  const parts = existsSync(folder) ? readdirSync(folder).map(file => path.join(folder, file)) : []
  const texts = ['/etc/apt/sources.list', ...parts].filter(existsSync).map(file => readFileSync(file, 'utf8'))
  return /\bhttps?:\/\/\S+\/debian\/?(?=\s)/.exec(texts.join('\n'))?.[0] ?? 'http://deb.debian.org/debian'
}
