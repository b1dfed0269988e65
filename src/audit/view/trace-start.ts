import type { LibrarySearch } from './find-library.js'
import { baseName } from './libc.js'
import type { ElfFile, ProgramStart } from './platform-view.js'
import type { Requester } from './requester.js'

const MAX_FILES = 4096
const MAX_NEEDS = 65_536

/**
 * What the loader does before a program's first instruction: libraries breadth first, each name once. A name that was
 * asked for, or the soname of what is loaded, is not searched again.
 */
export function traceStart(
  program: ElfFile,
  libc: 'glibc' | 'musl',
  loader: ElfFile | undefined,
  search: LibrarySearch,
): ProgramStart {
  const files: ElfFile[] = [program]
  const links: { needer: ElfFile; name: string; file: ElfFile }[] = []
  const missing: { needer: ElfFile; name: string; answer: ProgramStart['missing'][number]['answer'] }[] = []
  const byName = new Map<string, ElfFile>()
  const byPath = new Set([program.path])
  if (loader !== undefined) {
    byName.set(baseName(program.elf.interpreter ?? loader.path), loader)
    if (loader.elf.soname !== undefined) byName.set(loader.elf.soname, loader)
    if (!byPath.has(loader.path)) files.push(loader)
    byPath.add(loader.path)
  }
  const queue: Requester[] = [search.describe(program, program.path, libc)]
  const absent = new Set<string>()
  let needs = 0
  for (let next = 0; next < queue.length && files.length < MAX_FILES; next += 1) {
    const requester = queue[next] as Requester
    for (const name of requester.file.elf.needed ?? []) {
      needs += 1
      if (needs > MAX_NEEDS) return { files, links, missing }
      const known = byName.get(name)
      if (known !== undefined) {
        links.push({ needer: requester.file, name, file: known })
        continue
      }
      const { answer, openedAs, file } = search.find(name, requester)
      if (file === undefined) {
        if (!absent.has(name)) missing.push({ needer: requester.file, name, answer })
        absent.add(name)
        continue
      }
      byName.set(name, file)
      if (file.elf.soname !== undefined && !byName.has(file.elf.soname)) byName.set(file.elf.soname, file)
      links.push({ needer: requester.file, name, file })
      if (byPath.has(file.path)) continue
      byPath.add(file.path)
      files.push(file)
      queue.push(search.describe(file, openedAs ?? file.path, libc, requester))
    }
  }
  return { files, links, missing }
}
