import type { FileFact, Tree, TreeEntry } from '../../../src/audit/inventory.js'
import { findProbe } from '../../../src/audit/probes/index.js'
import { createSource } from '../probes/read-source.js'

/** A file's content, or `->` and the target of a link. */
type Files = Readonly<Record<string, string>>

/** The merged tree of files and links as probes read them; folders are those that the paths need. */
export async function makeTree(files: Files): Promise<Tree> {
  const tree = new Map<string, TreeEntry>()
  const common = { mode: 0o644, uid: 0, gid: 0, size: 0, layer: 0 }
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('/').slice(0, -1)
    for (let count = 1; count <= parts.length; count += 1) {
      const folder = parts.slice(0, count).join('/')
      if (!tree.has(folder)) tree.set(folder, { ...common, path: folder, type: 'directory' })
    }
    if (content.startsWith('->')) {
      tree.set(path, { ...common, path, type: 'symlink', link: content.slice(2) })
      continue
    }
    const fact: FileFact | undefined = await findProbe(path)?.read(createSource(content), path)
    tree.set(path, { ...common, path, type: 'file', content: { sha256: '', ...(fact ? { fact } : {}) } })
  }
  return tree
}
