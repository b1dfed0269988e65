import type { Package, Tree } from '../../../src/audit/inventory.js'
import { createOwnerFinder } from '../../../src/audit/packages/file-owners.js'

/** The owner of every path of a tree that has one. */
export function listOwners(tree: Tree, packages: readonly Package[]): ReadonlyMap<string, Package> {
  const find = createOwnerFinder(tree, packages)
  return new Map(
    [...tree.keys()].flatMap(path => {
      const owner = find(path)
      return owner === undefined ? [] : [[path, owner] as const]
    }),
  )
}
