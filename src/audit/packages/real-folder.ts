import type { Tree } from '../inventory.js'

/** As many links as Linux follows in one path, and as long a target (path_resolution(7)). */
const MAX_LINKS = 40
const MAX_TARGET_LENGTH = 4096
/** Characters looked at for all folders of a root together: some 20 times what a full desktop needs. */
const MAX_WORK = 2 ** 28

/**
 * Makes a function that gives the folder which a path means once every symbolic link on the way is followed inside
 * the root; both without a leading slash, `''` is the root. Folders that no layer names are taken as they are.
 * Undefined where links loop, and where lists of made-up folders have used up the work that a root is worth.
 */
export function createFolderResolver(tree: Tree): (folder: string) => string | undefined {
  const folders = new Map<string, string | undefined>([['', '']])
  const links = new Map<string, string | undefined>()
  let work = MAX_WORK

  const followLink = (path: string, target: string, depth: number): string | undefined => {
    if (links.has(path)) return links.get(path)
    if (depth > MAX_LINKS || target.length > MAX_TARGET_LENGTH) return undefined
    const start = target.startsWith('/') ? '' : path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    const answer = walk(start, target, depth)
    links.set(path, answer)
    return answer
  }

  const walk = (start: string, path: string, depth: number): string | undefined => {
    let real = start
    for (const part of path.split('/')) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        real = real.slice(0, Math.max(real.lastIndexOf('/'), 0))
        continue
      }
      const next = real === '' ? part : `${real}/${part}`
      work -= next.length
      if (work < 0) return undefined
      const entry = tree.get(next)
      const found = entry?.type === 'symlink' ? followLink(next, entry.link ?? '', depth + 1) : next
      if (found === undefined) return undefined
      real = found
    }
    return real
  }

  return folder => {
    if (!folders.has(folder)) folders.set(folder, walk('', folder, 0))
    return folders.get(folder)
  }
}
