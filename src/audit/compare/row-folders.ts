import type { PlatformView } from '../view/platform-view.js'
import type { Comparison, FileRow } from './comparison.js'
import { parentOf } from './file-values.js'

const known = new WeakMap<PlatformView, ReadonlySet<string>>()

/** The folders of a platform, those that no layer names included, as written and with neutral words. */
function listFolders(view: PlatformView): ReadonlySet<string> {
  const before = known.get(view)
  if (before !== undefined) return before
  const folders = new Set<string>()
  for (const { path, type } of view.inventory.tree.values()) {
    let folder = type === 'directory' ? path : parentOf(path)
    for (; folder !== '' && !folders.has(folder); folder = parentOf(folder)) folders.add(folder)
  }
  for (const folder of [...folders]) folders.add(view.neutralizePath(folder))
  known.set(view, folders)
  return folders
}

/** Whether a folder is missing on every platform that lacks the row: then the loss is that of the folder. */
export function isFolderMissing(folder: string, { items }: FileRow, comparison: Comparison): boolean {
  return items.every((item, side) => {
    const view = comparison.views[side]
    return (
      item !== undefined || view === undefined || !comparison.complete[side] || !listFolders(view).has(folder)
    )
  })
}
