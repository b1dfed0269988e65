import type { LayerEntry, LayerInventory, LayerProblem, TreeEntry } from '../inventory.js'
import { createNode, exists, findNode, isFolder, MAX_LINKS, openChild, type TreeNode } from './layer-tree.js'

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** Names that AUFS keeps to itself; no part of the image. */
const AUFS = '.wh..wh.'

/** What a layer may cost beyond what its own headers pay for: links make a short path a long way. */
interface Budget {
  /** Folders that entries imply. */
  implied: number
  /** Parts of paths walked. */
  steps: number
}

/** As deep as a path of 4,096 bytes can be. */
const MAX_DEPTH = 2048

/**
 * One layer as a tree of its own, as engines unpack it: in the archive's order, a later entry in the place of an
 * earlier one, links that the layer itself holds followed in what leads to an entry. Whiteouts are marks that hide lower
 * layers only, wherever in the layer they stand (image-spec, "Whiteouts").
 * An entry that a link led to has no path of its own yet.
 * @param lower what hard links to files of lower layers find
 */
export function buildLayerTree(
  layer: LayerInventory,
  position: number,
  lower: TreeNode,
  report: (problem: LayerProblem) => void,
): TreeNode {
  const root = createNode()
  root.children = new Map()
  const waiting: WaitingLink[] = []
  const budget: Budget = { implied: 1_000_000, steps: 30_000_000 }
  // Most entries lie in the folder of the one before them. Forgotten when a folder is replaced.
  const folders = new Map<string, OpenFolder>()
  for (const entry of layer.entries) {
    const slash = entry.path.lastIndexOf('/')
    const name = entry.path.slice(slash + 1)
    if (name === '' && entry.type !== 'directory') continue
    if (entry.path.startsWith(AUFS) && name !== OPAQUE) continue
    const folderPath = slash < 0 ? '' : entry.path.slice(0, slash)
    let folder = folders.get(folderPath)
    if (folder === undefined) {
      folder = openFolder(root, folderPath, budget)
      if (folder !== undefined) folders.set(folderPath, folder)
    }
    if (folder === undefined) {
      report({
        code: 'too-many-entries',
        path: entry.path,
        message: 'A layer implies too many or too deep folders; its tree was not built further',
        incomplete: true,
      })
      break
    }
    if (name === '') root.entry = addLayer(entry, entry.path, position)
    else if (name === OPAQUE) folder.node.opaque = true
    else if (name.startsWith(AUFS)) continue
    else if (name.startsWith(WHITEOUT)) hide(folder.node, name.slice(WHITEOUT.length))
    else {
      const node = openChild(folder.node, name)
      if (exists(node) && !(isFolder(node) && entry.type === 'directory')) folders.clear()
      // Where a link led here, the entry's own path is not where it is.
      const placed = addLayer(entry, folder.linked ? '' : entry.path, position)
      if (entry.type !== 'hardlink') place(node, placed)
      else if (!link(node, placed, root, budget)) waiting.push({ node, entry: placed })
    }
  }
  linkRest(waiting, [root, lower], budget, report)
  return root
}

interface OpenFolder {
  readonly node: TreeNode
  /** Whether a link led to it. */
  readonly linked: boolean
}

interface WaitingLink {
  readonly node: TreeNode
  readonly entry: TreeEntry
}

/** All entries have the same fields in the same order: copying them with spread takes several times as long. */
function addLayer(entry: LayerEntry, path: string, layer: number): TreeEntry {
  const { type, mode, uid, gid, size, link, capability, content } = entry
  return { path, type, mode, uid, gid, size, link, capability, content, layer }
}

function hide(folder: TreeNode, name: string): void {
  if (name !== '' && name !== '.' && name !== '..') openChild(folder, name).whiteout = true
}

/** The newer entry replaces what was there; only a folder over a folder keeps what is below. */
function place(node: TreeNode, entry: TreeEntry): void {
  if (entry.type !== 'directory') node.children = undefined
  else node.children ??= new Map()
  node.entry = entry
}

/** The folder at a path, implied ones made; undefined where there are too many of them. */
function openFolder(root: TreeNode, path: string, budget: Budget): OpenFolder | undefined {
  const stack = [root]
  const rest = path.split('/').reverse()
  let links = 0
  while (rest.length > 0) {
    const name = rest.pop() ?? ''
    budget.steps -= 1
    if (budget.steps < 0 || stack.length > MAX_DEPTH) return undefined
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (stack.length > 1) stack.pop()
      continue
    }
    const node = openChild(stack.at(-1) ?? root, name)
    if (node.entry?.type === 'symlink' && links < MAX_LINKS) {
      links += 1
      const target = node.entry.link ?? ''
      if (target.startsWith('/')) stack.length = 1
      for (const part of target.split('/').reverse()) rest.push(part)
      continue
    }
    if (!isFolder(node)) {
      budget.implied -= 1
      if (budget.implied < 0) return undefined
      node.entry = undefined
      node.children = new Map()
    }
    stack.push(node)
  }
  return { node: stack.at(-1) ?? root, linked: links > 0 }
}

/** Gives a hard link the file that it names in `root`; false where there is none yet. */
function link(node: TreeNode, entry: TreeEntry, root: TreeNode, budget: Budget): boolean {
  const target = findNode(root, entry.link ?? '', budget)
  const shared = target?.entry
  if (shared === undefined || shared.type === 'directory' || target === node) return false
  place(node, shareFile(shared, entry))
  return true
}

/** The name of a hard link with all else of the file that it names, which may itself be a link of any kind. */
function shareFile(shared: TreeEntry, { path, link, layer }: TreeEntry): TreeEntry {
  const isFile = shared.type === 'file' || shared.type === 'hardlink'
  return isFile ? { ...shared, path, type: 'hardlink', link, layer } : { ...shared, path, layer }
}

/** Links to what comes later in the layer, or to a file of a lower layer: engines refuse both, other tools do not. */
function linkRest(
  waiting: readonly WaitingLink[],
  roots: readonly TreeNode[],
  budget: Budget,
  report: (problem: LayerProblem) => void,
): void {
  const tryLink = ({ node, entry }: WaitingLink) => roots.some(root => link(node, entry, root, budget))
  // A later entry may have taken the link's place.
  const left = waiting.filter(({ node }) => !exists(node))
  // Backwards first: a link to a later link finds it done.
  const missing = left.reverse().filter(one => !tryLink(one))
  for (const one of missing.reverse()) {
    if (tryLink(one)) continue
    report({
      code: 'link-target-missing',
      path: one.entry.path,
      message: 'A hard link names a file that no layer has',
      incomplete: false,
    })
  }
}
