import type { TreeEntry } from '../../inventory.js'
import type { ElfFile, PlatformView } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

/** What another platform has in the place of a path. */
export interface Twin<T> {
  readonly view: PlatformView
  readonly file: T
}

type FindTwins<T> = (view: PlatformView, views: readonly PlatformView[], path: string) => readonly Twin<T>[]

/** The same ELF file on the other platforms that were read to their end, where they have it. */
export const findElfTwins = createTwinFinder(
  (view): ReadonlyMap<string, ElfFile> =>
    new Map(view.elfFiles.map(file => [view.neutralizePath(file.path), file])),
)

/** The same script on the other platforms. */
export const findScriptTwins = createTwinFinder((view): ReadonlyMap<string, TreeEntry> => {
  const found = new Map<string, TreeEntry>()
  for (const entry of view.inventory.tree.values())
    if (entry.content?.shebang !== undefined) found.set(view.neutralizePath(entry.path), entry)
  return found
})

/** @param indexView what a platform has, by neutral path */
function createTwinFinder<T>(indexView: (view: PlatformView) => ReadonlyMap<string, T>): FindTwins<T> {
  const index = oncePerView(indexView)
  return (view, views, path) => {
    const name = view.neutralizePath(path)
    return listOthers(view, views).flatMap(other => {
      const file = index(other).get(name)
      return file === undefined ? [] : [{ view: other, file }]
    })
  }
}

/** The other platforms of which absence proves something. */
export function listOthers(view: PlatformView, views: readonly PlatformView[]): readonly PlatformView[] {
  return views.filter(other => other !== view && other.complete && other.platform.os === view.platform.os)
}
