import type { AuditEvidence } from '../../model/audit.js'
import type { PlatformView } from '../view/platform-view.js'
import type { Comparison, FileRow } from './comparison.js'
import { baseName, parentOf } from './file-values.js'
import { classifyModule } from './native-modules.js'
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

function lookInside(folder: PackageFolder, view: PlatformView) {
  const start = `${folder.path}/`
  let fallback: string | undefined
  let native = 0
  let sources = 0
  for (const [path, { content }] of view.inventory.tree) {
    if (!path.startsWith(start)) continue
    if (content?.elf?.architecture === view.platform.architecture && classifyModule(path) !== undefined)
      native += 1
    if (/\.(?:py|js|cjs|mjs|rb|pm|php)$/.test(path)) sources += 1
    if (fallback === undefined && FALLBACK.test(baseName(path))) fallback = path
  }
  return { fallback, native, sources }
}
