import type { TreeEntry } from '../inventory.js'

/** One place in a root, with the places below it by name. */
export interface TreeNode {
  /** Undefined for a folder that a layer implies and does not name. */
  entry: TreeEntry | undefined
  children: Map<string, TreeNode> | undefined
  /** In a layer: nothing of the layers below shows at this place. */
  whiteout: boolean
  /** In a layer: nothing of the layers below shows under this folder. */
  opaque: boolean
}

export function createNode(entry?: TreeEntry): TreeNode {
  return { entry, children: undefined, whiteout: false, opaque: false }
}

/** Whether something is there that can have places below it. */
export function isFolder(node: TreeNode): boolean {
  return node.entry === undefined ? node.children !== undefined : node.entry.type === 'directory'
}

/** Whether something is there at all, and not only the mark that something of a lower layer is not. */
export function exists(node: TreeNode): boolean {
  return node.entry !== undefined || node.children !== undefined
}

/** The node of that name, made where there is none. */
export function openChild(node: TreeNode, name: string): TreeNode {
  node.children ??= new Map()
  const known = node.children.get(name)
  if (known !== undefined) return known
  const child = createNode()
  node.children.set(name, child)
  return child
}

/** As many links as Linux follows in one path (path_resolution(7)). */
export const MAX_LINKS = 40

/**
 * The node at a path, every link on the way followed inside this root, the last part's own link not. Undefined where
 * there is none, the links loop, or the budget is spent.
 */
export function findNode(root: TreeNode, path: string, budget: { steps: number }): TreeNode | undefined {
  const stack = [root]
  const rest = path.split('/').reverse()
  for (let links = 0; rest.length > 0; ) {
    const name = rest.pop() ?? ''
    budget.steps -= 1
    if (budget.steps < 0) return undefined
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (stack.length > 1) stack.pop()
      continue
    }
    const node = stack.at(-1)?.children?.get(name)
    if (node === undefined) return undefined
    if (node.entry?.type === 'symlink' && rest.length > 0) {
      links += 1
      const target = node.entry.link ?? ''
      if (links > MAX_LINKS) return undefined
      if (target.startsWith('/')) stack.length = 1
      for (const part of target.split('/').reverse()) rest.push(part)
    } else stack.push(node)
  }
  return stack.at(-1)
}
