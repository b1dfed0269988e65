import { compareText } from '../../model/platform.js'
import type { Package, Tree, TreeEntry } from '../inventory.js'
import { listFacts } from '../tree/list-facts.js'
import { listNodeFolders } from './node-layout.js'

/**
 * The packages of a merged root, sorted by ecosystem, name, version and architecture. A Python distribution carries the
 * tags of the WHEEL beside its METADATA as its architecture; what is installed several times (a Node package in two
 * `node_modules`) is listed once for each version and architecture.
 */
export function collectPackages(tree: Tree): readonly Package[] {
  const found = new Map<string, Package>()
  const keep = (item: Package) => {
    const key = keyPackage(item)
    if (!found.has(key)) found.set(key, item)
  }
  for (const { path, entry } of listFacts(tree, 'packages'))
    for (const item of readPackages(tree, path, entry)) keep(item)
  for (const folder of listNodeFolders(tree)) {
    const fact = tree.get(folder === '' ? 'package.json' : `${folder}/package.json`)?.content?.fact
    if (fact?.kind === 'node-manifest') keep(fact.package)
  }
  return [...found.values()].sort(comparePackages)
}

/** What makes two packages the same one. */
export function keyPackage({ ecosystem, name, version, architecture }: Package): string {
  return `${ecosystem}\0${name}\0${version}\0${architecture ?? ''}`
}

/** Packages that a file of the tree speaks of, but Node's: that of a wheel's METADATA with the wheel's tags. */
export function readPackages(tree: Tree, path: string, entry: TreeEntry): readonly Package[] {
  const fact = entry.content?.fact
  if (fact?.kind !== 'packages') return []
  if (!path.endsWith('.dist-info/METADATA')) return fact.packages
  const wheel = tree.get(`${path.slice(0, path.lastIndexOf('/'))}/WHEEL`)?.content?.fact
  if (wheel?.kind !== 'wheel') return fact.packages
  const architecture = wheel.tags.join(' ')
  return fact.packages.map(item => ({ ...item, architecture }))
}

function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.ecosystem, b.ecosystem) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture ?? '', b.architecture ?? '')
  )
}
