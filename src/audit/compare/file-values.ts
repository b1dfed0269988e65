import type { TreeEntry } from '../inventory.js'

/** Whether the entries that are there differ in anything at all; the cheap question before the dear ones. */
export function differs(items: readonly (TreeEntry | undefined)[]): boolean {
  const first = firstEntry(items)
  return first !== undefined && items.some(item => item !== undefined && !isSameEntry(first, item))
}

/** Whether two entries are equal in all that the audit compares. */
export function isSameEntry(first: TreeEntry, other: TreeEntry): boolean {
  return (
    first === other ||
    (other.mode === first.mode &&
      other.uid === first.uid &&
      other.gid === first.gid &&
      other.capability === first.capability &&
      other.link === first.link &&
      classifyType(other) === classifyType(first) &&
      other.content?.sha256 === first.content?.sha256)
  )
}

/** A hard link is a file under one more name: which of its names came first in the layer means nothing. */
export function classifyType(entry: TreeEntry): string {
  return entry.type === 'hardlink' ? 'file' : entry.type
}

/** The entry that a row has on its first platform. */
export function firstEntry(items: readonly (TreeEntry | undefined)[]): TreeEntry | undefined {
  return items.find(item => item !== undefined)
}

/** Directory of a relative path; `''` for one in the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** Last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
