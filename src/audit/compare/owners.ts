import type { TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'

interface Names {
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
}

const known = new WeakMap<PlatformView, Names>()

/**
 * Owner and group of an entry by name where the image's `passwd` and `group` know them, by number where not: the same
 * user may have got another number on another platform.
 */
export function nameOwner(entry: TreeEntry, view: PlatformView): string {
  const names = known.get(view) ?? {
    users: readNames(view, 'etc/passwd'),
    groups: readNames(view, 'etc/group'),
  }
  known.set(view, names)
  return `${names.users.get(entry.uid) ?? entry.uid}:${names.groups.get(entry.gid) ?? entry.gid}`
}

/** passwd(5), group(5): the name is the first field, the number the third; the first line with a number counts. */
function readNames(view: PlatformView, path: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  const fact = view.inventory.tree.get(path)?.content?.fact
  if (fact?.kind !== 'text') return names
  for (const line of fact.text.split('\n')) {
    const [name, , id] = line.split(':', 3)
    if (!name || id === undefined || !/^\d{1,10}$/.test(id) || names.has(Number(id))) continue
    names.set(Number(id), name)
  }
  return names
}
