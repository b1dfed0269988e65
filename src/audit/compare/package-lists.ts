import type { Package } from '../inventory.js'
import { listFacts } from '../tree/list-facts.js'
import type { PlatformView } from '../view/platform-view.js'

/** Paths as a database lists them, without the first slash, by what is asked for. */
type Listed = ReadonlyMap<string, string>

interface Lists {
  /** By ecosystem and package, as dpkg names it with or without the architecture. */
  readonly raw: ReadonlyMap<string, readonly string[]>
  readonly placed: Map<string, Listed>
  folders?: ReadonlyMap<string, string>
}

const known = new WeakMap<PlatformView, Lists>()

/**
 * The path, relative to the root, by which a package's own list names a file, given how another platform writes it and
 * its neutral form; undefined where the list does not name it, or there is no list.
 */
export function findListed(
  view: PlatformView,
  owner: Package,
  path: string,
  neutral: string,
): string | undefined {
  const found = placeFiles(view, owner, false).get(placeFreely(path))
  // Most paths have no platform words, and need no neutral list.
  if (found !== undefined || neutral === path) return found
  return placeFiles(view, owner, true).get(placeFreely(neutral))
}

/** The package whose list names a folder; asked for empty folders only, which nothing else says anything about. */
export function findFolderOwner(view: PlatformView, path: string): Package | undefined {
  const lists = collectLists(view)
  lists.folders ??= new Map(
    [...lists.raw].flatMap(([key, files]) => files.map(file => [placeFreely(file), key] as const)),
  )
  const key = lists.folders.get(placeFreely(path))
  return key === undefined ? undefined : view.inventory.packages.find(one => keysOf(one).includes(key))
}

function placeFiles(view: PlatformView, owner: Package, neutral: boolean): Listed {
  const lists = collectLists(view)
  const [key, withArchitecture] = keysOf(owner) as [string, string]
  const before = lists.placed.get(`${key} ${neutral}`)
  if (before !== undefined) return before
  const files = [...(lists.raw.get(key) ?? []), ...(lists.raw.get(withArchitecture) ?? [])]
  const placed = new Map(
    files.map(file => [placeFreely(neutral ? view.neutralizePath(file) : file), file] as const),
  )
  lists.placed.set(`${key} ${neutral}`, placed)
  return placed
}

function keysOf({ ecosystem, name, architecture = '' }: Package): string[] {
  return [`${ecosystem}:${name}`, `${ecosystem}:${name}:${architecture}`]
}

function collectLists(view: PlatformView): Lists {
  const before = known.get(view)
  if (before !== undefined) return before
  const raw = new Map<string, readonly string[]>()
  const add = (key: string, files: readonly string[]) => {
    const relative = files.map(file => file.slice(1))
    const others = raw.get(key)
    raw.set(key, others === undefined ? relative : [...others, ...relative])
  }
  for (const { fact } of listFacts(view.inventory.tree, 'file-list')) {
    const name = fact.ecosystem === 'python' ? nameOfWheel(fact.package) : fact.package
    add(`${fact.ecosystem}:${name}`, fact.files)
  }
  for (const { fact } of listFacts(view.inventory.tree, 'packages')) {
    const ecosystem = fact.packages[0]?.ecosystem
    for (const [name, files] of Object.entries(fact.files ?? {})) add(`${ecosystem}:${name}`, files)
  }
  const lists: Lists = { raw, placed: new Map() }
  known.set(view, lists)
  return lists
}

/** A wheel's list is in the folder NAME-VERSION.dist-info; names are compared as PyPA's "Names and normalization" says. */
function nameOfWheel(folder: string): string {
  return folder
    .replace(/-[^-]*$/, '')
    .toLowerCase()
    .replace(/[-_.]+/g, '-')
}

/** `/lib` and `/usr/lib` are one place on a merged root, and lists name either. */
function placeFreely(path: string): string {
  return path.startsWith('usr/') ? path.slice('usr/'.length) : path
}
