import type { Package } from '../inventory.js'
import { listFacts } from '../tree/list-facts.js'
import type { PlatformView } from '../view/platform-view.js'
import { baseName } from './file-values.js'
import { neutralizeWords } from './neutral-words.js'
import { type PackageRow, stripRevision } from './package-rows.js'

/** Packages by what they require, on one platform: names as the row has them, alternatives each by itself. */
type Requirers = ReadonlyMap<string, readonly Package[]>

/**
 * Finds the packages that the packaging itself asks for on some platforms only: where one is installed, some installed
 * package requires it, and that package in the same upstream version on the other platforms does not (Debian's libatomic1,
 * libquadmath0, libunwind8), or a Python package asks for it by a marker about the machine. What only such packages require follows them. `rows` are those that some platform lacks.
 */
export function findAskedFor(
  rows: readonly PackageRow[],
  all: readonly PackageRow[],
  views: readonly PlatformView[],
  complete: readonly boolean[],
): ReadonlySet<PackageRow> {
  const requirers = views.map(view => indexRequirers(view, rows))
  const byName = new Map(all.map(row => [`${row.ecosystem}:${row.name}`, row]))
  const asked = new Set<PackageRow>()
  // Each round may explain what the next packages rest on; a chain is rarely longer than a few.
  for (let grown = true; grown; ) {
    grown = false
    for (const row of rows) {
      if (asked.has(row) || !isAskedFor(row)) continue
      asked.add(row)
      grown = true
    }
  }
  return asked

  function isAskedFor(row: PackageRow): boolean {
    const key = `${row.ecosystem}:${row.name}`
    if (row.ecosystem === 'python') return isMarked(row)
    return row.items.every((items, side) => {
      if (items === undefined) return true
      return (requirers[side]?.get(key) ?? []).some(requirer => explains(requirer, side, row, key))
    })
  }

  /** A wheel says the same everywhere: that the machine decides, and which package asks. */
  function isMarked(row: PackageRow): boolean {
    return row.items.every((items, side) => {
      if (items === undefined) return true
      return views[side]?.inventory.packages.some(
        one => one.ecosystem === 'python' && one.requiresSomewhere?.includes(row.name),
      )
    })
  }

  function explains(requirer: Package, side: number, row: PackageRow, key: string): boolean {
    const view = views[side] as PlatformView
    const requiring =
      byName.get(keyOf(requirer, view)) ?? byName.get(`${requirer.ecosystem}:${requirer.name}`)
    if (requiring === undefined || requiring === row) return false
    if (asked.has(requiring)) return true
    const version = stripRevision(requirer)
    return row.items.every((items, other) => {
      if (items !== undefined || !complete[other]) return true
      const there = requiring.items[other]
      if (there === undefined || !there.some(one => stripRevision(one) === version)) return false
      return !(requirers[other]?.get(key) ?? []).some(one => one.name === there[0]?.name)
    })
  }
}

function keyOf(one: Package, view: PlatformView): string {
  return `${one.ecosystem}:${neutralizeWords(one.name, view.platform)}`
}

/** Only what is asked about is looked up, so that this costs little on images with thousands of packages. */
function indexRequirers(view: PlatformView, rows: readonly PackageRow[]): Requirers {
  const wanted = new Set(rows.map(row => `${row.ecosystem}:${row.name}`))
  const result = new Map<string, Package[]>()
  const providers = indexLibraries(view)
  for (const one of view.inventory.packages) {
    for (const requirement of one.requires ?? []) {
      for (const alternative of requirement.split(' | ')) {
        for (const name of [alternative, ...(providers.get(bareLibrary(alternative)) ?? [])]) {
          const candidates = [
            `${one.ecosystem}:${name}`,
            `${one.ecosystem}:${neutralizeWords(name, view.platform)}`,
          ]
          const key = candidates.find(candidate => wanted.has(candidate))
          if (key === undefined) continue
          const known = result.get(key)
          if (known === undefined) result.set(key, [one])
          else known.push(one)
        }
      }
    }
  }
  return result
}

/** apk's `so:libz.so.1` and rpm's `libz.so.1()(64bit)` → `libz.so.1`. */
function bareLibrary(requirement: string): string {
  const name = requirement.startsWith('so:') ? requirement.slice(3) : requirement
  const open = name.indexOf('(')
  return open < 0 ? name : name.slice(0, open)
}

/** Which packages of apk and rpm bring a library: their requirements name libraries rather than packages. */
function indexLibraries(view: PlatformView): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>()
  for (const { fact } of listFacts(view.inventory.tree, 'packages')) {
    for (const [name, files] of Object.entries(fact.files ?? {})) {
      for (const file of files) {
        if (!file.includes('.so')) continue
        const library = baseName(file)
        result.set(library, [...(result.get(library) ?? []), name])
      }
    }
  }
  return result
}
