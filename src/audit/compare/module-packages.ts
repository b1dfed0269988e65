import type { AuditEvidence } from '../../model/audit.js'
import type { PlatformView } from '../view/platform-view.js'
import type { Comparison, FileRow } from './comparison.js'
import { baseName, parentOf } from './file-values.js'
import { classifyModule, isForOtherSystem } from './native-modules.js'
import { judgeOwnership } from './ownership.js'

/** The folder in which a package's own files lie, relative to the root. */
export interface PackageFolder {
  readonly path: string
  readonly name: string
}

/** `…/node_modules/[@scope/]name` or `…/site-packages/name`; the module's own folder elsewhere. */
export function locatePackage(path: string): PackageFolder {
  const node = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/.exec(path)
  if (node !== null) return { path: node[0], name: node[1] ?? '' }
  const python = /^(.*\/(?:site-packages|dist-packages)\/)([^/]+)\//.exec(path)
  if (python !== null) return { path: `${python[1]}${python[2]}`, name: python[2] ?? '' }
  const folder = parentOf(path)
  return { path: folder, name: `/${folder}` }
}

/** Files that packages call their fallback: bufferutil's `fallback.js`, msgpack's `fallback.py`, markupsafe's `_native.py`. */
const FALLBACK =
  /^(?:.*[_.-])?(?:fallback|pure|purepython|pure_python)(?:[_.-].*)?\.(?:py|js|cjs|mjs|rb|pm)$|^_native\.py$/i

/**
 * What shows that the package works without its native part, so that the loss breaks nothing that one would notice:
 * a wheel for any platform, a file that is the fallback by name, or an installed package with no native module at all.
 */
export function findFallbacks(
  folder: PackageFolder,
  row: FileRow,
  lacking: readonly number[],
  comparison: Comparison,
): AuditEvidence[] {
  const { owner } = judgeOwnership(row, comparison)
  return lacking.flatMap(side => {
    const view = comparison.views[side]
    if (view === undefined) return []
    const { fallback, native, sources } = lookInside(folder, view)
    const wheel = view.inventory.packages.find(
      one => owner?.ecosystem === 'python' && one.ecosystem === 'python' && one.name === owner.name,
    )
    const tags = wheel?.architecture ?? ''
    if (tags !== '' && tags.split(' ').every(tag => tag.endsWith('-none-any')))
      return [tell(view, `the wheel of ${owner?.name} is ${tags}, which holds no native code`)]
    if (fallback !== undefined)
      return [tell(view, `/${fallback} takes the place of the native module`, `/${fallback}`)]
    return native === 0 && sources > 0 && owner !== undefined
      ? [tell(view, `${owner.name} ${owner.version} is installed there with no native module at all`)]
      : []
  })
}

function tell({ label }: PlatformView, text: string, path?: string): AuditEvidence {
  return { platform: label, ...(path === undefined ? {} : { path }), text }
}

/** What a package's folder holds on one platform. */
interface FolderContent {
  /** ELF files that the platform can load, and those for other machines. */
  native: number
  foreign: number
  /** Scripts. */
  sources: number
  fallback?: string
}

const known = new WeakMap<PlatformView, ReadonlyMap<string, FolderContent>>()
const NOTHING: FolderContent = { native: 0, foreign: 0, sources: 0 }

/** Whether all native code of a Node package there is for other machines: the rule `native-module` tells that. */
export function hasOnlyForeignBuilds(folder: PackageFolder, view: PlatformView): boolean {
  if (!folder.path.includes('node_modules/')) return false
  const { native, foreign } = lookInside(folder, view)
  return native === 0 && foreign > 0
}

function lookInside(folder: PackageFolder, view: PlatformView): FolderContent {
  let folders = known.get(view)
  if (folders === undefined) {
    folders = indexFolders(view)
    known.set(view, folders)
  }
  return folders.get(folder.path) ?? NOTHING
}

function indexFolders(view: PlatformView): ReadonlyMap<string, FolderContent> {
  const folders = new Map<string, FolderContent>()
  for (const { path, content } of view.inventory.tree.values()) {
    const isSource = /\.(?:py|js|cjs|mjs|rb|pm|php)$/.test(path)
    if (!isSource && content?.elf === undefined) continue
    const name = locatePackage(path).path
    const folder = folders.get(name) ?? { ...NOTHING }
    folders.set(name, folder)
    if (isSource) folder.sources += 1
    else if (content?.elf?.architecture !== view.platform.architecture || isForOtherSystem(path))
      folder.foreign += 1
    else if (classifyModule(path) !== undefined) folder.native += 1
    if (folder.fallback === undefined && isSource && FALLBACK.test(baseName(path))) folder.fallback = path
  }
  return folders
}
