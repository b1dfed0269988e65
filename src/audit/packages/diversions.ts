import type { Tree } from '../inventory.js'

/** Where dpkg puts a file that another package's file took the place of. */
interface Diversion {
  readonly to: string
  /** The package whose own file stays in place. */
  readonly by: string
}

/** dpkg's diversions by path (dpkg-divert(1)); three lines each: from, to, package (`:` for the administrator). */
export function readDiversions(tree: Tree): ReadonlyMap<string, Diversion> {
  const fact = tree.get('var/lib/dpkg/diversions')?.content?.fact
  if (fact?.kind !== 'text') return new Map()
  const lines = fact.text.split('\n')
  const diversions = new Map<string, Diversion>()
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from, to, by] = lines.slice(at, at + 3) as [string, string, string]
    diversions.set(from, { to, by })
  }
  return diversions
}
