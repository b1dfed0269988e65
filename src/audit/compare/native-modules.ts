import type { TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'
import { baseName } from './file-values.js'
import { neutralizeWords } from './neutral-words.js'

/** Languages whose packages carry native code that a program loads by itself. */
export type ModuleLanguage = 'Node' | 'Python' | 'Perl' | 'Ruby' | 'PHP'

/** The language that would load this file as a module; undefined for anything else. */
export function classifyModule(path: string): ModuleLanguage | undefined {
  if (path.endsWith('.node')) return 'Node'
  if (!path.endsWith('.so')) return undefined
  const name = baseName(path)
  if (/\.(?:cpython|pypy|abi3)[^/]*\.so$|\.abi3\.so$/.test(name)) return 'Python'
  if (/\/(?:site-packages|dist-packages|lib-dynload)\//.test(path))
    // Libraries that a wheel brings along lie in NAME.libs or are called lib*.
    return /^lib|\.libs\//.test(name) || path.includes('.libs/') ? undefined : 'Python'
  if (/\/perl[^/]*\/.*\/?auto\//.test(path)) return 'Perl'
  if (/\/(?:ruby|gems|extensions)\/.*/.test(path) && path.includes('ruby')) return 'Ruby'
  if (/\/php\/.*/.test(path)) return 'PHP'
  return undefined
}

/** Words by which builds for other systems are called: ELF too, and of no use on Linux. */
const OTHER_SYSTEM = /(?<![A-Za-z])(?:android|freebsd|openbsd|netbsd|sunos|solaris|aix|haiku)(?![A-Za-z])/

/** Whether a module lies among builds for another system (`prebuilds/android-arm64/`). */
export function isForOtherSystem(path: string): boolean {
  const modules = path.lastIndexOf('node_modules/')
  return modules >= 0 && OTHER_SYSTEM.test(path.slice(modules))
}

/** A native module that this platform can load. */
export interface NativeModule {
  readonly path: string
  readonly entry: TreeEntry
  readonly language: ModuleLanguage
}

/**
 * The native modules that the platform can load, by a name that is equal on all platforms: own words neutral, and
 * without what prebuilds add for a C library or an ARM version (`node.napi.armv8.node`, `node.napi.glibc.node`).
 * What lies beside them for other machines is left out: it is of no use here.
 */
export function listLoadableModules(view: PlatformView): ReadonlyMap<string, NativeModule> {
  const modules = new Map<string, NativeModule>()
  for (const { path, entry, elf } of view.elfFiles) {
    const language = classifyModule(path)
    if (language === undefined || elf.architecture !== view.platform.architecture) continue
    if (isForOtherSystem(path)) continue
    const name = neutralizeModule(path, view)
    if (!modules.has(name)) modules.set(name, { path, entry, language })
  }
  return modules
}

function neutralizeModule(path: string, view: PlatformView): string {
  const words = neutralizeWords(view.neutralizePath(path), view.platform)
  return words
    .replace(/\.(?:cpython|pypy)-?[^/]*\.so$/, '.so')
    .replace(/\.abi3\.so$/, '.so')
    .replace(/\.(?:glibc|musl|‹arch›)(?=\.)/g, '')
    .replace(/(?<=linux)(?:-?musl)?(?=-‹arch›)/g, '')
}
