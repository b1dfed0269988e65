import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import pLimit from 'p-limit'
import { listOptions, SUITE, updateLists } from '../debian-packages.js'
import { holdLock } from '../lock.js'
import { findLabFolder } from '../places.js'

/** Packages, or apt's patterns, that are wanted with all that they depend on. */
export interface ClosureRequest {
  /** Debian's word. */
  readonly architecture: string
  readonly packages: readonly string[]
}

/**
 * Gives the .deb files of each request's packages and of all that they depend on (not: recommend), as apt would install
 * them on an empty machine of that architecture. Apt is asked once; what it answered is kept with the files.
 */
export async function fetchClosures(requests: readonly ClosureRequest[]): Promise<string[][]> {
  const folder = findLabFolder(`packages/${SUITE}-closures`)
  const known = await Promise.all(requests.map(request => readClosure(folder, request)))
  if (known.some(files => files === undefined))
    await holdLock(folder, async () => {
      const missing: ClosureRequest[] = []
      for (const request of requests)
        if ((await readClosure(folder, request)) === undefined) missing.push(request)
      if (missing.length > 0) await download(missing, folder)
    })
  return await Promise.all(
    requests.map(async request => {
      const files = await readClosure(folder, request)
      if (files === undefined) throw new Error(`apt gave no closure of ${request.packages.join(' ')}`)
      return files
    }),
  )
}

async function readClosure(folder: string, request: ClosureRequest): Promise<string[] | undefined> {
  const list = findList(folder, request)
  if (!existsSync(list)) return undefined
  const names = JSON.parse(await readFile(list, 'utf8')) as string[]
  const files = names.map(name => path.join(folder, request.architecture, name))
  return files.every(file => existsSync(file)) ? files : undefined
}

function findList(folder: string, request: ClosureRequest): string {
  const key = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16)
  return path.join(folder, `${request.architecture}-${key}.json`)
}

async function download(requests: readonly ClosureRequest[], folder: string): Promise<void> {
  const work = await mkdtemp(path.join(folder, 'download-'))
  try {
    const architectures = [...new Set(requests.map(request => request.architecture))]
    await updateLists(work, architectures)
    const limit = pLimit(2)
    await Promise.all(
      architectures.map(architecture =>
        limit(() =>
          downloadClosures(
            architecture,
            requests.filter(request => request.architecture === architecture),
            { work, folder },
          ),
        ),
      ),
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

interface Folders {
  /** Of this download alone. */
  readonly work: string
  readonly folder: string
}

/** Asks apt what each request needs, and for all the files at once. */
async function downloadClosures(
  architecture: string,
  requests: readonly ClosureRequest[],
  { work, folder }: Folders,
): Promise<void> {
  const options = [
    ...listOptions(work, [architecture]),
    // Kept between the calls of one architecture, which some images' apt configuration forbids.
    `-oDir::Cache::pkgcache=${path.join(work, `${architecture}.bin`)}`,
    '-oDebug::NoLocking=1',
  ]
  // One folder an architecture: two calls of apt must not write the same file of architecture `all`.
  const [kept, fresh] = [path.join(folder, architecture), path.join(work, architecture)]
  await Promise.all([kept, fresh].map(each => mkdir(each, { recursive: true })))
  const lists = new Map<ClosureRequest, string[]>()
  for (const request of requests) lists.set(request, await resolveClosure(options, request, fresh))
  const missing = new Set([...lists.values()].flat().filter(name => !existsSync(path.join(kept, name))))
  if (missing.size > 0) {
    const packages = [...missing].map(name => name.replace(/_.*/, ''))
    await execa('apt-get', [...options, 'download', ...packages], { cwd: fresh, stdin: 'ignore' })
    for (const name of missing) await rename(path.join(fresh, name), path.join(kept, name))
  }
  for (const [request, names] of lists) await writeFile(findList(folder, request), JSON.stringify(names))
}

/** Names of files, from lines such as `'http://.../zlib1g_1.2.13_arm64.deb' zlib1g_1%3a1.2.13_arm64.deb 82744 MD5Sum:...` */
async function resolveClosure(
  options: readonly string[],
  { packages }: ClosureRequest,
  cwd: string,
): Promise<string[]> {
  const ask = ['install', '--yes', '--no-install-recommends', '--quiet=2', '--print-uris', ...packages]
  const { stdout } = await execa('apt-get', [...options, ...ask], { cwd, stdin: 'ignore' })
  return stdout.split('\n').flatMap(line => /^'\S+' (\S+\.deb) /.exec(line)?.[1] ?? [])
}
