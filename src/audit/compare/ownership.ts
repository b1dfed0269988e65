import type { Package, TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'
import type { Comparison, FileRow } from './comparison.js'
import { neutralizeWords } from './neutral-words.js'
import { findFolderOwner, findListed } from './package-lists.js'
import { normalizeVersion } from './package-rows.js'

/**
 * What packages say of a path that is not the same everywhere:
 * - `same`: one package, installed in the same version on all sides, which did not put the file where it is missing;
 * - `removed`: the same, but where the file is missing the package's own list names it: someone took it away;
 * - `other-version`, `not-installed`: the package itself differs, which the rules for packages tell;
 * - `none`: not the file of a package on every platform that has it.
 */
export type Ownership = 'same' | 'removed' | 'other-version' | 'not-installed' | 'none'

export interface OwnedRow {
  readonly ownership: Ownership
  /** The owner on the first platform that has the file. */
  readonly owner?: Package
  /** Whether the package is the very same artefact everywhere: dpkg's `all`, apk's and rpm's `noarch`, `none-any` wheels. */
  readonly independent?: boolean
}

const known = new WeakMap<FileRow, OwnedRow>()

/** Finds out whose file a row is, and whether the packages explain that platforms differ in it. */
export function judgeOwnership(row: FileRow, comparison: Comparison): OwnedRow {
  const before = known.get(row)
  if (before !== undefined) return before
  const result = judge(row, comparison)
  known.set(row, result)
  return result
}

function judge(row: FileRow, comparison: Comparison): OwnedRow {
  const { views, complete } = comparison
  const owners: Package[] = []
  for (const [side, entry] of row.items.entries()) {
    const view = views[side]
    if (entry === undefined || view === undefined) continue
    const owner = findOwner(view, entry)
    // The database of a platform that was not read to its end says nothing.
    if (owner === undefined && !complete[side]) continue
    if (owner === undefined) return { ownership: 'none' }
    owners.push(owner)
  }
  const owner = owners[0]
  if (owner === undefined) return { ownership: 'none' }
  const firstSide = row.items.findIndex(item => item !== undefined)
  const name = neutralName(owner, views[firstSide] as PlatformView)
  const version = normalizeVersion(owner)
  if (owners.some(one => one.ecosystem !== owner.ecosystem || normalizeVersion(one) !== version))
    return { ownership: 'other-version', owner }
  let removed = false
  for (const [side, view] of views.entries()) {
    if (row.items[side] !== undefined || !complete[side]) continue
    const installed = listInstalled(view).get(`${owner.ecosystem}:${name}`) ?? []
    if (installed.length === 0) return { ownership: 'not-installed', owner }
    if (!installed.some(one => normalizeVersion(one) === version))
      return { ownership: 'other-version', owner }
    removed ||= installed.some(one => isRemoved(view, one, row, comparison))
  }
  return { ownership: removed ? 'removed' : 'same', owner, independent: isOneArtefact(owners) }
}

/** A Node package is unpacked from one archive everywhere, unless each platform has its own by another name. */
function isOneArtefact(owners: readonly Package[]): boolean {
  return owners.every(one => one.name === owners[0]?.name && isIndependent(one))
}

function isIndependent(one: Package): boolean {
  if (one.ecosystem === 'node') return true
  const architecture = one.architecture ?? ''
  if (one.ecosystem === 'python')
    return architecture !== '' && architecture.split(' ').every(tag => tag.endsWith('-none-any'))
  return architecture === 'all' || architecture === 'noarch'
}

/** The package of a file; a link that belongs to nobody (update-alternatives) is its target's. */
function findOwner(view: PlatformView, entry: TreeEntry): Package | undefined {
  if (entry.type === 'directory') return findFolderOwner(view, entry.path)
  const owner = view.findOwner(entry.path)
  if (owner !== undefined || entry.type !== 'symlink') return owner
  const target = view.resolve(`/${entry.path}`)
  return target === undefined ? undefined : view.findOwner(target.path)
}

function neutralName(one: Package, view: PlatformView): string {
  return neutralizeWords(one.name, view.platform)
}

const installedBy = new WeakMap<PlatformView, ReadonlyMap<string, readonly Package[]>>()

function listInstalled(view: PlatformView): ReadonlyMap<string, readonly Package[]> {
  const before = installedBy.get(view)
  if (before !== undefined) return before
  const result = new Map<string, Package[]>()
  for (const one of view.inventory.packages) {
    const key = `${one.ecosystem}:${neutralName(one, view)}`
    result.set(key, [...(result.get(key) ?? []), one])
  }
  installedBy.set(view, result)
  return result
}

/** Whether the package's own list of files on that platform names the row's path, and nothing is there. */
function isRemoved(view: PlatformView, owner: Package, row: FileRow, comparison: Comparison): boolean {
  return row.items.some((entry, side) => {
    const other = comparison.views[side]
    if (entry === undefined || other === undefined) return false
    const listed = findListed(view, owner, entry.path, other.neutralizePath(entry.path))
    // What is there by that very name was paired with another platform's file.
    return listed !== undefined && !isThere(view, listed)
  })
}

function isThere({ inventory: { tree } }: PlatformView, path: string): boolean {
  return tree.has(path) || tree.has(path.startsWith('usr/') ? path.slice('usr/'.length) : `usr/${path}`)
}
