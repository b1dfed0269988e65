import { nameLoaderLibc } from '../../view/libc.js'
import type { ElfFile } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

const SYSTEM_LIBRARY =
  /^(?:usr\/)?lib(?:64|32|x32)?\/(?:[^/]+\/)?(?:libc\.so\.6|libc-2\.\d+\.so|ld[^/]*\.so(?:\.\d)?)$/

/** Program interpreters, C libraries and the shell, in their places: what decides whose userland a root is. */
export const findSystemFiles = oncePerView((view): readonly ElfFile[] => {
  const found = new Map<string, ElfFile>()
  for (const file of view.elfFiles) {
    const { path } = file
    if (!SYSTEM_LIBRARY.test(path)) continue
    const libc = nameLoaderLibc(path)
    if (/\/libc[^/]*$/.test(path) || libc === 'glibc' || libc === 'musl' || /\/ld-2\.\d+\.so$/.test(path))
      found.set(path, file)
  }
  const shell = view.resolve('/bin/sh')
  const elf = shell?.entry.content?.elf
  if (shell !== undefined && elf !== undefined) found.set(shell.path, { ...shell, elf })
  return [...found.values()]
})
