import type { Tree } from '../inventory.js'
import { listFacts } from '../tree/list-facts.js'

const MODULES = 'node_modules/'
/** Where Debian puts Node packages; both mean what `node_modules` means elsewhere. */
const DEBIAN_FOLDERS = ['usr/share/nodejs/', 'usr/lib/nodejs/']

/**
 * The folders of Node packages that are installed: those with a readable `package.json` below `node_modules` or one of
 * Debian's folders, and those that have a `node_modules` of their own (a program and its workspaces).
 */
export function listNodeFolders(tree: Tree): ReadonlySet<string> {
  const folders = listFacts(tree, 'node-manifest').map(({ path }) =>
    path.slice(0, Math.max(path.lastIndexOf('/'), 0)),
  )
  // Most packages are below `node_modules`, and the whole tree need not be looked through for them.
  const withModules = folders.every(isBelowModules) ? new Set<string>() : findFoldersWithModules(tree)
  return new Set(folders.filter(folder => isBelowModules(folder) || withModules.has(folder)))
}

function findFoldersWithModules(tree: Tree): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const path of tree.keys()) {
    const modules = path.indexOf(MODULES)
    if (modules === 0) folders.add('')
    else if (modules > 0 && path[modules - 1] === '/') folders.add(path.slice(0, modules - 1))
  }
  return folders
}

function isBelowModules(folder: string): boolean {
  if (folder.startsWith(MODULES) || folder.includes(`/${MODULES}`)) return true
  const debian = DEBIAN_FOLDERS.find(start => folder.startsWith(start))
  if (debian === undefined) return false
  const parts = folder.slice(debian.length).split('/')
  return parts.length === (parts[0]?.startsWith('@') ? 2 : 1)
}
