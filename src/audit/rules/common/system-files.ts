import { nameLoaderLibc } from '../../view/libc.js'
import type { ElfFile, Libc } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

const SYSTEM_LIBRARY = /^(?:usr\/)?lib(?:64|32|x32)?\/(?:[^/]+\/)?(libc\.so\.6|ld[^/]*\.so\.\d)$/

/** A program interpreter, a C library or the shell. */
export interface SystemFile extends ElfFile {
  /** Whose it is; absent for the shell. */
  readonly libc?: Libc
}

/** Program interpreters, C libraries and the shell, in their places: what decides whose userland a root is. */
export const findSystemFiles = oncePerView((view): readonly SystemFile[] => {
  const found = new Map<string, SystemFile>()
  const add = (path: string, libc?: Libc) => {
    const real = view.resolve(`/${path}`)
    const elf = real?.entry.content?.elf
    if (real === undefined || elf === undefined || found.get(real.path)?.libc !== undefined) return
    found.set(real.path, { ...real, elf, ...(libc === undefined ? {} : { libc }) })
  }
  for (const path of view.inventory.tree.keys()) {
    const name = SYSTEM_LIBRARY.exec(path)?.[1]
    if (name === undefined) continue
    const libc = name === 'libc.so.6' ? 'glibc' : nameLoaderLibc(name)
    if (libc === 'glibc' || libc === 'musl') add(path, libc)
  }
  add('bin/sh')
  return [...found.values()]
})
