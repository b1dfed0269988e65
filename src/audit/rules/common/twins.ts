import type { TreeEntry } from '../../inventory.js'
import type { ElfFile, PlatformView } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

const elfByNeutralPath = oncePerView(
  (view): ReadonlyMap<string, ElfFile> =>
    new Map(view.elfFiles.map(file => [view.neutralizePath(file.path), file])),
)

const scriptsByNeutralPath = oncePerView((view): ReadonlyMap<string, TreeEntry> => {
  const found = new Map<string, TreeEntry>()
  for (const [path, entry] of view.inventory.tree)
    if (entry.content?.shebang !== undefined) found.set(view.neutralizePath(path), entry)
  return found
})

/** The same ELF file on the other platforms that were read to their end, where they have it. */
export function findElfTwins(
  view: PlatformView,
  views: readonly PlatformView[],
  path: string,
): readonly { readonly view: PlatformView; readonly file: ElfFile }[] {
  const name = view.neutralizePath(path)
  return listOthers(view, views).flatMap(other => {
    const file = elfByNeutralPath(other).get(name)
    return file === undefined ? [] : [{ view: other, file }]
  })
}

/** The same script on the other platforms. */
export function findScriptTwins(
  view: PlatformView,
  views: readonly PlatformView[],
  path: string,
): readonly { readonly view: PlatformView; readonly entry: TreeEntry }[] {
  const name = view.neutralizePath(path)
  return listOthers(view, views).flatMap(other => {
    const entry = scriptsByNeutralPath(other).get(name)
    return entry === undefined ? [] : [{ view: other, entry }]
  })
}

/** The other platforms of which absence proves something. */
export function listOthers(view: PlatformView, views: readonly PlatformView[]): readonly PlatformView[] {
  return views.filter(other => other !== view && other.complete && other.platform.os === view.platform.os)
}
