import type { Package } from '../inventory.js'

/** More than any real system has (Debian's whole archive: 65,000), few enough to keep. */
const MAX_PACKAGES = 100_000
/** Characters of all paths that one file may list: ten times a full desktop. */
const MAX_PATH_CHARACTERS = 32 * 1024 * 1024
const MAX_PATH_LENGTH = 4096

/** A list that stops growing at its limit and remembers that it did. */
export interface BoundedList<T> {
  readonly items: readonly T[]
  /** False where the limit is reached: nothing more needs to be read. */
  add(item: T): boolean
  readonly full: boolean
}

export function createPackageList(): BoundedList<Package> {
  const items: Package[] = []
  let full = false
  return {
    items,
    get full() {
      return full
    },
    add(item) {
      if (items.length >= MAX_PACKAGES) full = true
      else items.push(item)
      return !full
    },
  }
}

/** Counts the characters of paths that one file lists; `take` is false from the limit on. */
export function createPathBudget(): { take(path: string): boolean } {
  let left = MAX_PATH_CHARACTERS
  return {
    take(path) {
      left -= path.length + 1
      return left >= 0
    },
  }
}

/** What a fact says of a database that is larger than its probe reads. */
export function describeTooLarge(size: number, limit: number): string {
  return `has ${size} bytes; more than ${limit} are not read`
}

/** What a fact says where a database lists more than is kept. */
export const TOO_MANY = `lists more than ${MAX_PACKAGES} packages; the rest was not read`

/** The same of paths. */
export const TOO_MANY_PATHS = 'lists more paths than are kept; the rest was not read'

/** Whether a word from a database can be a name or a version: not empty, not long, no space, no control character. */
export function isWord(text: string | undefined): text is string {
  return text !== undefined && text.length > 0 && text.length <= 256 && !HAS_SPACE_OR_CONTROL.test(text)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const HAS_SPACE_OR_CONTROL = /[\s\u0000-\u001f\u007f]/

/**
 * The absolute path that a database means, `.` and empty parts removed and `..` applied; undefined where it leaves the
 * root, is the root, holds a NUL or is longer than a path can be.
 */
export function cleanPath(path: string): string | undefined {
  if (path.length > MAX_PATH_LENGTH || path.includes('\0')) return undefined
  if (path.startsWith('/') && !/\/(?:\.{0,2}(?:\/|$))/.test(path)) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length === 0 ? undefined : `/${parts.join('/')}`
}
