import type { Abi } from '../../view/abi.js'
import { fitsAbi } from '../../view/abi.js'
import { baseName, nameLoaderLibc } from '../../view/libc.js'
import type { PlatformView } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

/** Files that only a system's development files or a whole system have. */
const SYSTEM_FILES =
  /^(?:libc\.so\.6|libc\.so|libc\.a|crt1\.o|libgcc\.a|ld-musl-[^/]+|lib(?:rustc_)?std-[^/]+)$/

/** Folders below the root that hold a C library, start files or a language's own libraries. */
const systemFolders = oncePerView(view => {
  const folders = new Set<string>()
  for (const { path, type } of view.inventory.tree.values()) {
    if (type === 'directory' || !SYSTEM_FILES.test(baseName(path))) continue
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  return folders
})

/** Whether anything below the folder makes it a toolchain's or a system's own tree. */
export function holdsSystem(view: PlatformView, folder: string): boolean {
  return systemFolders(view).has(folder)
}

/** Roots inside the root, by their program interpreters: a chroot, a virtual machine's disk, a toolchain's sysroot. */
const guestRoots = oncePerView(view => {
  const roots = new Map<string, Abi[]>()
  for (const { path, elf } of view.elfFiles) {
    const libc = nameLoaderLibc(path)
    if (libc !== 'glibc' && libc !== 'musl') continue
    const folder = /^(.+?)\/(?:usr\/)?lib(?:64|32|x32)?\/(?:[^/]+\/)?[^/]+$/.exec(path)?.[1]
    if (folder === undefined || folder === 'usr' || folder === 'usr/local') continue
    const known = roots.get(folder)
    if (known === undefined) roots.set(folder, [elf])
    else known.push(elf)
  }
  return roots
})

/** The innermost root inside the root that a file belongs to, and that has a loader for it where it is code. */
export function findGuestRoot(view: PlatformView, path: string, elf?: Abi): string | undefined {
  const roots = guestRoots(view)
  if (roots.size === 0) return undefined
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end)
    const loaders = roots.get(folder)
    if (loaders?.some(each => elf === undefined || fitsAbi(each, elf)) === true) return folder
  }
  return undefined
}
