import type { LayerInventory, LayerProblem, Tree, TreeEntry } from '../inventory.js'
import { buildLayerTree } from './build-layer-tree.js'
import { createNode, exists, isFolder, type TreeNode } from './layer-tree.js'

/** Characters of the paths of folders that no layer names. */
const MAX_IMPLIED_TEXT = 64 * 1024 * 1024

/**
 * Applies layers to each other, as the engines' overlay does: whiteouts and opaque folders hide what is below, anything
 * but a folder over a folder replaces it, and a link to a folder in a lower layer is replaced by the folder that an
 * upper layer has, or implies, in its place. Hard links carry mode, owner, size and content of the file that they share.
 * Folders that no layer names belong to root with mode 0755; one that an upper layer only implies stays as it was. An
 * opaque mark on the root hides all lower layers, as the image-spec says, though engines with overlay ignore it.
 * @param report is told what the layers refer to and do not have
 */
export function mergeLayers(
  layers: readonly LayerInventory[],
  report: (problem: LayerProblem, layer: LayerInventory) => void = () => undefined,
): Tree {
  const root = createNode()
  root.children = new Map()
  for (const [position, layer] of layers.entries()) {
    const upper = buildLayerTree(layer, position, root, problem => report(problem, layer))
    if (upper.entry !== undefined) root.entry = upper.entry
    mergeFolder(root, upper, position)
  }
  const last = layers.at(-1)
  return flatten(root, problem => last && report(problem, last))
}

function mergeFolder(lower: TreeNode, upper: TreeNode, position: number): void {
  if (upper.opaque) lower.children = new Map()
  lower.children ??= new Map()
  for (const [name, node] of upper.children ?? []) {
    const below = lower.children.get(name)
    if (node.whiteout) lower.children.delete(name)
    if (!exists(node)) continue
    if (!isFolder(node)) {
      lower.children.set(name, node)
      continue
    }
    const keeps = below !== undefined && !node.whiteout && isFolder(below)
    const merged = keeps ? below : createNode()
    if (!keeps) lower.children.set(name, merged)
    merged.entry = node.entry ?? merged.entry ?? impliedFolder(position)
    mergeFolder(merged, node, position)
  }
}

/** Its path is filled in where the tree is made flat. */
function impliedFolder(layer: number): TreeEntry {
  return { path: '', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, layer }
}

function flatten(root: TreeNode, report: (problem: LayerProblem) => void): Tree {
  const tree = new Map<string, TreeEntry>()
  if (root.entry !== undefined) tree.set('', root.entry)
  let left = MAX_IMPLIED_TEXT
  const visit = (node: TreeNode, folder: string) => {
    for (const [name, child] of node.children ?? []) {
      if (child.entry === undefined) continue
      // An implied folder has no path yet, nor has what a link led to.
      if (child.entry.path === '') {
        const path = folder === '' ? name : `${folder}/${name}`
        left -= path.length
        if (left < 0) return
        child.entry = { ...child.entry, path }
      }
      tree.set(child.entry.path, child.entry)
      if (child.children !== undefined) visit(child, child.entry.path)
    }
  }
  visit(root, '')
  if (left < 0) {
    const message = 'The layers imply folders with more names than can be kept'
    report({ code: 'too-many-entries', message, incomplete: true })
  }
  return tree
}
