import type { FileFact, Tree, TreeEntry } from '../inventory.js'

/** A file of a merged root of which a probe made a fact. */
export interface FactFile<K extends FileFact['kind']> {
  readonly path: string
  readonly entry: TreeEntry
  readonly fact: Extract<FileFact, { readonly kind: K }>
}

/** By kind, each list of files with facts of that kind. */
const known = new WeakMap<Tree, ReadonlyMap<string, readonly unknown[]>>()

/** The files of a root whose facts are of that kind, in the tree's order. A tree is looked through once for all kinds. */
export function listFacts<K extends FileFact['kind']>(tree: Tree, kind: K): readonly FactFile<K>[] {
  let kinds = known.get(tree)
  if (kinds === undefined) {
    kinds = sortFacts(tree)
    known.set(tree, kinds)
  }
  return (kinds.get(kind) ?? []) as readonly FactFile<K>[]
}

function sortFacts(tree: Tree): ReadonlyMap<string, readonly unknown[]> {
  const kinds = new Map<string, unknown[]>()
  for (const entry of tree.values()) {
    const { path, content } = entry
    const fact = content?.fact
    if (fact === undefined) continue
    const files = kinds.get(fact.kind)
    if (files === undefined) kinds.set(fact.kind, [{ path, entry, fact }])
    else files.push({ path, entry, fact })
  }
  return kinds
}
