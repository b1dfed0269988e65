import { compareText } from '../../model/platform.js'
import type { PlatformInventory } from '../inventory.js'
import { createOwnerFinder } from '../packages/file-owners.js'
import { canShareProcess, findAbi, fitsAbi } from './abi.js'
import { findEntryPoints } from './entry-points.js'
import { createLibrarySearch } from './find-library.js'
import { createResolver } from './follow-links.js'
import { baseName, detectLibc } from './libc.js'
import {
  findLoaders,
  listDefaultDirectories,
  listMuslDirectories,
  readLoaderConfig,
} from './loader-directories.js'
import { createPathNeutralizer } from './neutral-path.js'
import type { ElfFile, PlatformView, ProgramStart } from './platform-view.js'
import { traceStart } from './trace-start.js'

/** What engines set where the image's config has no PATH (Docker's `system.DefaultPathEnv`). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const MAX_DIRECTORIES = 128

/** Shows an inventory as rules see it. Everything is worked out when it is first asked for, and once. */
export function createView(inventory: PlatformInventory): PlatformView {
  const { tree, image, label } = inventory
  const { platform, imageConfig: config } = image
  const resolve = createResolver(tree)
  const root = { tree, resolve }
  const workingDirectory = config.workingDir?.startsWith('/')
    ? config.workingDir
    : `/${config.workingDir ?? ''}`
  const once = <T>(make: () => T): (() => T) => {
    let made: { readonly value: T } | undefined
    return () => {
      made ??= { value: make() }
      return made.value
    }
  }

  const elfFiles = once(() => {
    const files: ElfFile[] = []
    for (const entry of tree.values()) {
      const elf = entry.content?.elf
      if (elf !== undefined) files.push({ path: entry.path, entry, elf })
    }
    return files.sort((a, b) => compareText(a.path, b.path))
  })
  const byName = once(() => indexNames(inventory))
  const findOwner = once(() => createOwnerFinder(tree, inventory.packages))
  const entryPoints = once(() => findEntryPoints(config, { resolve, findProgram }))
  const loaders = once(() => findLoaders(root))
  const search = once(() =>
    createLibrarySearch(root, {
      platform,
      libraryPath: splitPath(readVariable(config.env, 'LD_LIBRARY_PATH') ?? '').map(each => each || '.'),
      workingDirectory,
      loaders,
      byName: name => byName().get(name) ?? [],
    }),
  )
  const searchPath = once(() => splitPath(readVariable(config.env, 'PATH') || DEFAULT_PATH))
  const loaderDirectories = once(() => {
    const own = findAbi(platform)
    const fits = loaders().filter(each => {
      const elf = resolve(`/${each.path}`)?.entry.content?.elf
      return own !== undefined && elf !== undefined && fitsAbi(elf, own)
    })
    const musl = fits.find(each => each.libc === 'musl')
    const glibc = fits.find(each => each.libc === 'glibc')
    return [
      ...new Set([
        ...(musl === undefined ? [] : listMuslDirectories(root, musl.path)),
        ...(own === undefined || (glibc === undefined && musl !== undefined)
          ? []
          : [...readLoaderConfig(root), ...listDefaultDirectories(root, own, glibc?.path)]),
      ]),
    ]
  })

  function findProgram(name: string) {
    if (name === '') return undefined
    if (name.includes('/')) return asFile(resolve(name, workingDirectory))
    for (const directory of searchPath()) {
      const found = asFile(resolve(`${directory}/${name}`, workingDirectory))
      if (found !== undefined && (found.entry.mode & 0o111) !== 0) return found
    }
    return undefined
  }

  const fittingLibcs = new Map<string, ReadonlySet<'glibc' | 'musl'>>()
  /** C libraries whose loaders can load the file. */
  const listFitting = ({ elf }: ElfFile): ReadonlySet<'glibc' | 'musl'> => {
    const key = `${elf.machine}/${elf.bits}/${elf.endianness}/${elf.floatAbi ?? ''}`
    let fitting = fittingLibcs.get(key)
    if (fitting === undefined) {
      const fits = loaders().filter(each => {
        const loader = resolve(`/${each.path}`)?.entry.content?.elf
        return loader !== undefined && canShareProcess(loader, elf)
      })
      fitting = new Set(fits.map(each => each.libc))
      fittingLibcs.set(key, fitting)
    }
    return fitting
  }
  /** Whose loader serves the file: its own C library's, unless only the other one is in the root. */
  const chooseLibc = (file: ElfFile): 'glibc' | 'musl' => {
    const asked = detectLibc(file.elf)
    const present = listFitting(file)
    const wanted = asked === 'musl' ? 'musl' : 'glibc'
    // gcompat puts musl's loader behind glibc's name.
    const hasGlibc = present.has('glibc') && byName().has('libc.so.6')
    if (wanted === 'glibc' && !hasGlibc && present.has('musl')) return 'musl'
    return wanted
  }

  const starts = new Map<string, ProgramStart>()
  const trace = (program: ElfFile): ProgramStart => {
    let start = starts.get(program.path)
    if (start === undefined) {
      const found = program.elf.interpreter === undefined ? undefined : resolve(program.elf.interpreter)
      const elf = found?.entry.content?.elf
      const loader = found === undefined || elf === undefined ? undefined : { ...found, elf }
      start = traceStart(program, chooseLibc(program), loader, search())
      starts.set(program.path, start)
    }
    return start
  }

  const neutralizePath = once(() => createPathNeutralizer(platform))
  return {
    label,
    platform,
    inventory,
    complete: inventory.complete,
    get elfFiles() {
      return elfFiles()
    },
    get entryPrograms() {
      return entryPoints().programs
    },
    get entryScripts() {
      return entryPoints().scripts
    },
    get searchPath() {
      return searchPath()
    },
    get loaderDirectories() {
      return loaderDirectories()
    },
    resolve,
    findProgram,
    findLibrary: (name, needer) =>
      search().find(name, search().describe(needer, needer.path, chooseLibc(needer))).answer,
    traceStart: trace,
    listClosure: program => trace(program).files,
    findOwner: path => findOwner()(path),
    neutralizePath: path => neutralizePath()(path),
  }
}

function asFile<T extends { readonly entry: { readonly type: string } }>(
  found: T | undefined,
): T | undefined {
  return found?.entry.type === 'file' || found?.entry.type === 'hardlink' ? found : undefined
}

function splitPath(value: string): readonly string[] {
  return value === '' ? [] : value.split(':').slice(0, MAX_DIRECTORIES)
}

/** The last assignment counts, as in an environment. */
function readVariable(env: readonly string[], name: string): string | undefined {
  return env.findLast(each => each.startsWith(`${name}=`))?.slice(name.length + 1)
}

function indexNames({ tree }: PlatformInventory): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const entry of tree.values()) {
    if (entry.type === 'directory' || (entry.type !== 'symlink' && entry.content?.elf === undefined)) continue
    const { path } = entry
    const name = baseName(path)
    const known = names.get(name)
    if (known === undefined) names.set(name, [path])
    else known.push(path)
  }
  return names
}
