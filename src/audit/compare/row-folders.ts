import type { Comparison, FileRow } from './comparison.js'
import { parentOf } from './file-values.js'

const known = new WeakMap<Comparison, readonly ReadonlySet<string>[]>()

/** The folders of each platform, those that no layer names included, by the names that rows have. */
function listFolders(comparison: Comparison): readonly ReadonlySet<string>[] {
  const before = known.get(comparison)
  if (before !== undefined) return before
  const folders = comparison.views.map(() => new Set<string>())
  for (const { name, items } of comparison.rows) {
    for (const [side, item] of items.entries()) {
      const own = folders[side]
      if (item === undefined || own === undefined) continue
      let folder = item.type === 'directory' ? name : parentOf(name)
      for (; folder !== '' && !own.has(folder); folder = parentOf(folder)) own.add(folder)
    }
  }
  known.set(comparison, folders)
  return folders
}

/** Whether a folder is missing on every platform that lacks the row: then the loss is that of the folder. */
export function isFolderMissing(folder: string, row: FileRow, comparison: Comparison): boolean {
  const folders = listFolders(comparison)
  return row.items.every(
    (item, side) => item !== undefined || !comparison.complete[side] || !folders[side]?.has(folder),
  )
}
