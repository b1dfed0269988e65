import type { FileEntry } from '../layer.js'
import { mergePath } from './merged-usr.js'
import type { DebPackage } from './read-deb.js'

/** What Debian's slim images tell dpkg to leave out. */
const LEFT_OUT =
  /^usr\/share\/(doc\/.*(?<!\/copyright)|info\/.*|linda\/.*|lintian\/overrides\/.*|locale\/.*|man\/.*)$/

/**
 * Unpacks packages one after another as dpkg does: a folder keeps the mode and owner that it was made with, and the
 * top folders are links into /usr.
 */
export function unpackPackages(packages: readonly DebPackage[], folders: readonly string[]): FileEntry[] {
  const made = new Map<string, FileEntry>()
  for (const deb of packages)
    for (const entry of deb.entries) {
      if (LEFT_OUT.test(entry.path) && !entry.directory) continue
      const path = mergePath(entry.path, folders)
      if (entry.directory && made.has(path)) continue
      const moved = entry.hardLink === undefined ? {} : { hardLink: mergePath(entry.hardLink, folders) }
      made.set(path, { ...entry, path, ...moved })
    }
  return [...made.values()]
}
