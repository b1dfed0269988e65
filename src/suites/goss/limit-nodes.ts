import { isMap, isPair, isSeq, type Node } from 'yaml'
import { rejectValue, type SuiteValue } from '../suite-value.js'

/** More is no file that somebody wrote, but aliases that stand for each other. */
const MAX_DEPTH = 64
const MAX_NODES = 200_000

/** Throws SUITE_INVALID for a document whose aliases make it endless, or too large to be read. */
export function limitNodes(document: SuiteValue): void {
  let count = 0
  const visit = (node: unknown, depth: number): void => {
    count += 1
    if (depth > MAX_DEPTH || count > MAX_NODES)
      rejectValue(document, 'its aliases make it too large, or it is nested too deeply')
    const resolved = document.source.resolveAlias(node as Node) as unknown
    if (isMap(resolved) || isSeq(resolved)) for (const item of resolved.items) visit(item, depth + 1)
    else if (isPair(resolved)) visit(resolved.value, depth)
  }
  if (document.node) visit(document.node, 0)
}
