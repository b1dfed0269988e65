import { isForOtherSystem } from '../../compare/native-modules.js'
import { findAbi, fitsAbi, runsBesides } from '../../view/abi.js'
import { detectLibc } from '../../view/libc.js'
import type { ElfFile, Libc, PlatformView } from '../../view/platform-view.js'
import { hasForeignUserland } from './foreign-files.js'
import { findGuestRoot } from './guest-roots.js'
import { excludesPlatform, findNodePackage } from './node-packages.js'
import { isSystemPackage } from './package-architecture.js'
import { oncePerView } from './per-view.js'
import { isEntryProgram, isExample, isInSearchPath, isStarted, isTestData } from './places.js'
import { findSystemFiles } from './system-files.js'

/** C libraries whose loader or library is in its place. */
export const listLibcs = oncePerView((view): ReadonlySet<Libc> => {
  const found = new Set<Libc>()
  const own = findAbi(view.platform)
  for (const { path, elf, libc } of findSystemFiles(view)) {
    // gcompat and the like put a loader of glibc's name in place, without the library.
    const isShim = libc === 'glibc' && !path.includes('/libc.so.6') && !/\/libc-2\.\d+\.so$/.test(path)
    if (libc !== undefined && !isShim && own !== undefined && fitsAbi(elf, own)) found.add(libc)
  }
  return found
})

/** Whether the file asks for glibc where only musl is, or the reverse: then what it lacks is its libc, and no more. */
export function isOfOtherLibc(view: PlatformView, { elf }: ElfFile): boolean {
  const asked = detectLibc(elf)
  const present = listLibcs(view)
  if (asked !== 'glibc' && asked !== 'musl') return false
  if (present.size === 0 || present.has(asked)) return false
  // gcompat and the like put a loader of that name in place.
  if (elf.interpreter !== undefined) return view.resolve(elf.interpreter)?.entry.content?.elf === undefined
  return !(asked === 'glibc' && hasGlibcShim(view))
}

const hasGlibcShim = oncePerView(view =>
  view.elfFiles.some(({ path }) => /\/(?:libgcompat\.so\.0|ld-linux[^/]*\.so\.\d)$/.test(path)),
)

/** Files of the platform's own machine that the loader is asked to load, sorted by what they are to it. */
export interface LoadedFiles {
  /** Dynamic programs that may be started. */
  readonly programs: readonly ElfFile[]
  /** Shared objects that no program's start maps: plugins, extensions, and libraries for others to use. */
  readonly others: readonly ElfFile[]
}

/**
 * The files for which the loader's answers count: not another machine's or libc's, no test's data, no part of a root
 * inside the root, no package that is not for this platform.
 */
export const listLoadedFiles = oncePerView((view): LoadedFiles => {
  const own = findAbi(view.platform)
  if (own === undefined || hasForeignUserland(view)) return { programs: [], others: [] }
  const judged = view.elfFiles.filter(file => {
    const { path, elf } = file
    const isOwn = fitsAbi(elf, own)
    if (!isOwn && !runsBesides(elf, view.platform)) return false
    // Distributions put parts for 32-bit debuggees beside 64-bit tools, whether or not its libraries are installed.
    if (!isOwn && !isInSearchPath(view, path) && isSystemPackage(view.findOwner(path))) return false
    if (elf.type !== 'executable' && elf.type !== 'pie' && elf.type !== 'shared') return false
    if (isEntryProgram(view, path)) return true
    // Builds for Android and the BSDs ask for libraries that Linux does not have.
    if (isForOtherSystem(path)) return false
    if (isTestData(path) || isExample(path) || findGuestRoot(view, path, elf) !== undefined) return false
    const owner = findNodePackage(view, path)
    return owner === undefined || !excludesPlatform(owner.manifest, view)
  })
  const dynamic = judged.filter(file => file.elf.needed !== undefined || file.elf.interpreter !== undefined)
  const programs = dynamic.filter(file => file.elf.interpreter !== undefined && isStarted(view, file))
  const loaded = new Set<string>()
  for (const file of programs) {
    if (isOfOtherLibc(view, file)) continue
    for (const { path } of view.listClosure(file)) loaded.add(path)
  }
  const others = dynamic.filter(file => file.elf.interpreter === undefined && !loaded.has(file.path))
  return { programs, others }
})
