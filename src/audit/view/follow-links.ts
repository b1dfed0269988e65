import type { Tree } from '../inventory.js'
import type { ResolvedPath } from './platform-view.js'

/** As many links as Linux follows in one path (path_resolution(7)). */
const MAX_LINKS = 40
const MAX_PATH_BYTES = 4096

/** Follows symbolic links inside the root; folders that no layer names are taken as they are. */
export function createResolver(tree: Tree): (path: string, from?: string) => ResolvedPath | undefined {
  const folders = new Map<string, string | undefined>([['', '']])

  const walk = (start: string, path: string, links: { left: number }): string | undefined => {
    let real = start
    for (const part of path.split('/')) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        real = real.slice(0, Math.max(real.lastIndexOf('/'), 0))
        continue
      }
      const next = real === '' ? part : `${real}/${part}`
      const entry = tree.get(next)
      if (entry?.type !== 'symlink') {
        real = next
        continue
      }
      links.left -= 1
      const target = entry.link ?? ''
      if (links.left < 0 || target === '' || target.length > MAX_PATH_BYTES) return undefined
      const followed = walk(target.startsWith('/') ? '' : real, target, links)
      if (followed === undefined) return undefined
      real = followed
    }
    return real
  }

  const findFolder = (folder: string): string | undefined => {
    if (!folders.has(folder)) folders.set(folder, walk('', folder, { left: MAX_LINKS }))
    return folders.get(folder)
  }

  return (path, from = '') => {
    const absolute = path.startsWith('/') ? path.slice(1) : `${from}/${path}`
    if (absolute.length > MAX_PATH_BYTES) return undefined
    const slash = absolute.lastIndexOf('/')
    const folder = slash < 0 ? '' : findFolder(absolute.slice(0, slash))
    if (folder === undefined) return undefined
    const real = walk(folder, absolute.slice(slash + 1), { left: MAX_LINKS })
    const entry = real === undefined ? undefined : tree.get(real)
    return real === undefined || entry === undefined ? undefined : { path: real, entry }
  }
}
