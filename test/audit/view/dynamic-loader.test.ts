import { execFileSync } from 'node:child_process'
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import { readElfFacts } from '../../../src/audit/elf/read-elf.js'
import type { TreeEntry } from '../../../src/audit/inventory.js'
import { findProbe } from '../../../src/audit/probes/index.js'
import { createView } from '../../../src/audit/view/create-view.js'
import type { PlatformView } from '../../../src/audit/view/platform-view.js'
import { GLIBC, makeInventory } from '../synthetic.js'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
const architecture = ARCHITECTURES[process.arch]
const tuple = GLIBC[architecture ?? '']?.tuple
const FOLDERS = [
  '',
  'etc',
  'etc/ld.so.conf.d',
  'usr',
  'usr/bin',
  'usr/sbin',
  'usr/lib',
  'usr/lib64',
  `usr/lib/${tuple}`,
  'usr/lib/git-core',
  'usr/lib/systemd',
  'usr/local/lib',
]
const MAX_PROGRAMS = 60

/** The parts of this machine's own root that its loader knows. */
async function readRoot(): Promise<Map<string, TreeEntry>> {
  const tree = new Map<string, TreeEntry>()
  const folders = new Set(FOLDERS)
  for (const folder of folders) {
    for (const name of list(folder)) {
      const path = folder === '' ? name : `${folder}/${name}`
      const stat = lstatSync(`/${path}`)
      const entry = { path, mode: stat.mode & 0o7777, uid: 0, gid: 0, size: stat.size, layer: 0 }
      if (stat.isSymbolicLink()) tree.set(path, { ...entry, type: 'symlink', link: readlinkSync(`/${path}`) })
      else if (stat.isFile()) tree.set(path, { ...entry, type: 'file', content: await readContent(path) })
      // Private libraries lie one folder deeper.
      else if (folder === `usr/lib/${tuple}` || (folder === 'usr/lib' && holdsLibraries(path)))
        folders.add(path)
    }
  }
  return tree
}

const holdsLibraries = (folder: string): boolean => list(folder).some(name => /\.so(\.|$)/.test(name))

function list(folder: string): string[] {
  try {
    return readdirSync(`/${folder}`)
  } catch {
    return []
  }
}

async function readContent(path: string) {
  const descriptor = openSync(`/${path}`, 'r')
  const { size } = lstatSync(`/${path}`)
  const source = {
    size,
    read(offset: number, length: number) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)))
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset))
    },
  }
  const elf = readElfFacts(source)
  const fact = await findProbe(path)?.read(source, path)
  closeSync(descriptor)
  return { sha256: path, elf, fact }
}

/** What the loader itself lists (`ld.so --list`), links followed. */
function askLoader(program: string, libraryPath: string | undefined): string[] {
  const loader = `/${GLIBC[architecture ?? '']?.loader}`
  const env = { LC_ALL: 'C', ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }) }
  const output = execFileSync(loader, ['--list', `/${program}`], { env, encoding: 'utf8', stdio: 'pipe' })
  return output
    .split('\n')
    .flatMap(line => /=> (\/\S+) \(|^\s+(\/\S+) \(/.exec(line)?.slice(1).find(Boolean) ?? [])
    .map(path => realpathSync(path).slice(1))
    .sort()
}

function traceAll(view: PlatformView) {
  return view.elfFiles.filter(
    ({ path, elf }) =>
      elf.interpreter !== undefined && /^usr\/(?:s?bin|lib\/(?:git-core|systemd))\//.test(path),
  )
}

const isDebian = tuple !== undefined && list('etc').includes('debian_version')

test.skipIf(!isDebian)(
  "agrees with this machine's own loader about every library of its programs",
  async () => {
    const tree = await readRoot()
    expect(readFileSync('/etc/ld.so.cache').length).toBeGreaterThan(0)
    for (const libraryPath of [undefined, `/usr/lib/${tuple}/private:/usr/lib/${tuple}`]) {
      const inventory = makeInventory({
        platform: `linux/${architecture}`,
        files: {},
        config: { env: libraryPath === undefined ? [] : [`LD_LIBRARY_PATH=${libraryPath}`] },
      })
      const view = createView({ ...inventory, tree })
      const programs = traceAll(view)
      const step = Math.max(1, Math.floor(programs.length / MAX_PROGRAMS))
      const chosen = programs.filter((_, index) => index % step === 0)
      expect(chosen.length).toBeGreaterThan(10)
      for (const program of chosen) {
        const files = view
          .listClosure(program)
          .slice(1)
          .map(file => file.path)
        expect([program.path, ...files.sort()]).toEqual([
          program.path,
          ...askLoader(program.path, libraryPath),
        ])
      }
    }
  },
)
