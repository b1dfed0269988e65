import type { Platform } from '../../model/platform.js'
import { canShareProcess } from './abi.js'
import {
  type Loader,
  listDefaultDirectories,
  listMuslDirectories,
  listTuples,
  type Root,
  readLoaderConfig,
} from './loader-directories.js'
import type { ElfFile, LibraryAnswer, ResolvedPath } from './platform-view.js'
import { describeRequester, expandTokens, type Requester, type Tokens } from './requester.js'

/** Names that musl's loader takes for itself, whatever follows the dot (`ldso/dynlink.c`, `load_library`). */
const MUSL_ITSELF = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./
const MAX_ANSWERS = 200_000

/** An answer, with the path by which the loader opened the file, before links are followed. */
export interface Found {
  readonly answer: LibraryAnswer
  readonly openedAs?: string
  readonly file?: ElfFile
}

export interface LibrarySearch {
  find(name: string, requester: Requester): Found
  /** A file as one that asks for libraries, in the place where it was opened, by what loaded it. */
  describe(file: ElfFile, openedAs: string, libc: Requester['libc'], parent?: Requester): Requester
}

/** What the search depends on besides the root. */
export interface SearchSettings {
  readonly platform: Platform
  /** Directories of the image's own `LD_LIBRARY_PATH`. */
  readonly libraryPath: readonly string[]
  readonly workingDirectory: string
  /** What `findLoaders` finds. */
  readonly loaders: () => readonly Loader[]
  /** Paths of the tree by file name. */
  readonly byName: (name: string) => readonly string[]
}

/** Makes the loaders' search of one root (ld.so(8); musl's `ldso/dynlink.c`). */
export function createLibrarySearch(root: Root, settings: SearchSettings): LibrarySearch {
  /** By what a search depends on, then by name. */
  const answers = new Map<string, Map<string, Found>>()
  let answerCount = 0
  const requesters = new Map<string, Requester>()
  const directories = new Map<string, readonly string[]>()
  let configured: readonly string[] | undefined

  const findLoader = (requester: Requester): ResolvedPath | undefined => {
    const { interpreter } = requester.file.elf
    const own = interpreter === undefined ? undefined : root.resolve(interpreter)
    if (own?.entry.content?.elf !== undefined) return own
    for (const each of settings.loaders()) {
      const found = root.resolve(`/${each.path}`)
      const elf = found?.entry.content?.elf
      if (each.libc === requester.libc && elf !== undefined && canShareProcess(elf, requester.file.elf))
        return found
    }
    return undefined
  }

  const listDirectories = (requester: Requester): readonly string[] => {
    const { machine, bits, endianness, floatAbi, interpreter } = requester.file.elf
    const key = [requester.libc, machine, bits, endianness, floatAbi, interpreter].join(' ')
    let known = directories.get(key)
    if (known === undefined) {
      const loader = findLoader(requester)?.path
      if (requester.libc === 'musl') known = listMuslDirectories(root, loader)
      else {
        configured ??= readCache(root) === undefined ? readLoaderConfig(root) : []
        known = [...configured, ...listDefaultDirectories(root, requester.file.elf, loader)]
      }
      directories.set(key, known)
    }
    return known
  }

  const search = (name: string, requester: Requester): Found => {
    const { libc, inherited, runpath, file } = requester
    const unfit = new Set<string>()
    const searched: string[] = []
    const finish = (hit?: { readonly opened: string; readonly at: ResolvedPath }): Found => {
      const path = hit?.at.path
      const answer: LibraryAnswer = {
        name,
        ...(path === undefined ? {} : { path }),
        unfit: [...unfit],
        get elsewhere() {
          return listElsewhere(root, settings.byName(lastPart(name)), file, path)
        },
        searched,
      }
      const elf = hit?.at.entry.content?.elf
      if (hit === undefined || elf === undefined) return { answer }
      return { answer, openedAs: hit.opened, file: { ...hit.at, elf } }
    }
    /** Undefined: not here. False: here, and the search ends without success. */
    const look = (opened: string): { opened: string; at: ResolvedPath } | false | undefined => {
      const at = root.resolve(opened)
      if (at === undefined || at.entry.type === 'directory') return undefined
      const elf = at.entry.content?.elf
      if (elf !== undefined && canShareProcess(elf, file.elf)) return { opened: opened.slice(1), at }
      unfit.add(at.path)
      // glibc goes on after a file of another machine; anything else that is there ends the search of both.
      return elf !== undefined && libc === 'glibc' ? undefined : false
    }

    if (name.includes('/')) {
      const path = expandTokens(name, requester.origin, findTokens(file))
      const hit = look(path.startsWith('/') ? path : `${settings.workingDirectory}/${path}`)
      return finish(hit || undefined)
    }
    if (libc === 'musl' && MUSL_ITSELF.test(name)) {
      const at = findLoader(requester)
      return finish(at === undefined ? undefined : { opened: at.path, at })
    }
    const groups =
      libc === 'musl'
        ? [settings.libraryPath, inherited, listDirectories(requester)]
        : [runpath.length > 0 ? [] : inherited, settings.libraryPath, runpath]
    const tryDirectories = (list: readonly string[]) => {
      for (const directory of list) {
        searched.push(directory)
        for (const folder of libc === 'glibc'
          ? withCapabilities(directory, settings.platform)
          : [directory]) {
          const hit = look(
            `${folder.startsWith('/') ? folder : `${settings.workingDirectory}/${folder}`}/${name}`,
          )
          if (hit !== undefined) return hit
        }
      }
      return undefined
    }
    for (const group of groups) {
      const hit = tryDirectories(group)
      if (hit !== undefined) return finish(hit || undefined)
    }
    if (libc === 'musl') return finish()
    const defaults = listDefaultDirectories(root, file.elf, findLoader(requester)?.path)
    const cache = readCache(root)
    if (cache !== undefined) {
      searched.push('/etc/ld.so.cache')
      for (const path of Object.hasOwn(cache, name) ? (cache[name] ?? []) : []) {
        if (file.elf.noDefaultLib && defaults.includes(path.slice(0, path.lastIndexOf('/')))) continue
        const hit = path.startsWith('/') ? look(path) : undefined
        if (hit) return finish(hit)
      }
    }
    const rest = listDirectories(requester)
    const hit = tryDirectories(file.elf.noDefaultLib ? rest.filter(each => !defaults.includes(each)) : rest)
    return finish(hit || undefined)
  }

  const knownTokens = new Map<string, Tokens>()
  /** What `$LIB` and `$PLATFORM` stand for where this file runs. */
  const findTokens = ({ elf }: ElfFile): Tokens => {
    const key = `${elf.machine}/${elf.bits}/${elf.endianness}`
    let tokens = knownTokens.get(key)
    if (tokens === undefined) {
      const tuple = listTuples(elf).find(each => root.resolve(`/usr/lib/${each}/libc.so.6`) !== undefined)
      tokens = {
        lib: tuple === undefined ? (elf.bits === 64 ? 'lib64' : 'lib') : `lib/${tuple}`,
        platform: namePlatform(settings.platform),
      }
      knownTokens.set(key, tokens)
    }
    return tokens
  }

  return {
    find(name, requester) {
      const key = name.includes('/') ? `${requester.key}\n${requester.origin}` : requester.key
      let known = answers.get(key)
      if (known === undefined) {
        known = new Map()
        answers.set(key, known)
      }
      let found = known.get(name)
      if (found === undefined) {
        found = search(name, requester)
        answerCount += 1
        if (answerCount <= MAX_ANSWERS) known.set(name, found)
      }
      return found
    },
    describe(file, openedAs, libc, parent) {
      // Most files inherit nothing, and are the same whatever loads them.
      const isAlone = parent === undefined || parent.inherited.length === 0
      const key = `${libc} ${openedAs}`
      const known = isAlone ? requesters.get(key) : undefined
      if (known !== undefined) return known
      const requester = describeRequester(file, openedAs, libc, parent, findTokens(file))
      if (isAlone) requesters.set(key, requester)
      return requester
    },
  }
}

function readCache(root: Root): Readonly<Record<string, readonly string[]>> | undefined {
  const fact = root.resolve('/etc/ld.so.cache')?.entry.content?.fact
  return fact?.kind === 'loader-cache' ? fact.libraries : undefined
}

/** Subdirectories that the loader prefers on every processor of this platform: those of the variant's level. */
function withCapabilities(directory: string, platform: Platform): readonly string[] {
  const level =
    platform.architecture === 'amd64' ? Number(/^v([234])$/.exec(platform.variant ?? '')?.[1]) : NaN
  if (Number.isNaN(level)) return [directory]
  const levels = [4, 3, 2].filter(each => each <= level)
  return [...levels.map(each => `${directory}/glibc-hwcaps/x86-64-v${each}`), directory]
}

/** AT_PLATFORM as the kernel sets it. */
function namePlatform({ architecture, variant }: Platform): string {
  const names: Readonly<Record<string, string>> = {
    amd64: 'x86_64',
    '386': 'i686',
    arm64: 'aarch64',
    arm: `${variant ?? 'v7'}l`,
    ppc64le: 'power8',
    s390x: 'z900',
  }
  return Object.hasOwn(names, architecture) ? (names[architecture] ?? '') : architecture
}

function listElsewhere(
  root: Root,
  paths: readonly string[],
  needer: ElfFile,
  found: string | undefined,
): readonly string[] {
  const real = new Set<string>()
  for (const path of paths) {
    const at = root.resolve(`/${path}`)
    const elf = at?.entry.content?.elf
    if (at !== undefined && elf !== undefined && at.path !== found && canShareProcess(elf, needer.elf))
      real.add(at.path)
  }
  return [...real].sort()
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
