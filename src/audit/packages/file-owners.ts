import { compareText } from '../../model/platform.js'
import type { Package, Tree } from '../inventory.js'
import { keyPackage, readPackages } from './collect-packages.js'
import { readDiversions } from './diversions.js'
import { listNodeFolders } from './node-layout.js'
import { createFolderResolver } from './real-folder.js'

/** Sets the owner of an absolute path as a package's list names it. */
type Claim = (path: string, owner: Package) => void

/**
 * Which package put each file there: paths of the tree (everything but directories) to packages of `packages`. The
 * first claim counts, in the order dpkg, apk and rpm, Python, Node, for what a distribution installs is its package's
 * whatever else is written beside it. Listed paths are followed through symbolic links of folders, so that dpkg's
 * `/lib/x` is the tree's `usr/lib/x` where `lib` is a link to `usr/lib`, and the reverse.
 */
export function buildFileOwners(tree: Tree, packages: readonly Package[]): ReadonlyMap<string, Package> {
  const owners = new Map<string, Package>()
  const find = createFileFinder(tree)
  const claim: Claim = (path, owner) => {
    const file = find(path)
    if (file !== undefined && !owners.has(file)) owners.set(file, owner)
  }
  const index = new Map(packages.map(item => [keyPackage(item), item]))
  claimDpkg(tree, packages, claim)
  claimOwnLists(tree, index, claim)
  claimPython(tree, index, claim)
  claimNode(tree, index, owners)
  return owners
}

/** The tree's path of a listed one; undefined where nothing but a directory is there. */
function createFileFinder(tree: Tree): (path: string) => string | undefined {
  const resolve = createFolderResolver(tree)
  const isFile = (path: string): boolean => {
    const entry = tree.get(path)
    return entry !== undefined && entry.type !== 'directory'
  }
  const look = (path: string): string | undefined => {
    if (isFile(path)) return path
    const slash = path.lastIndexOf('/')
    const folder = resolve(path.slice(0, Math.max(slash, 0)))
    if (folder === undefined) return undefined
    const file = folder === '' ? path.slice(slash + 1) : `${folder}/${path.slice(slash + 1)}`
    return isFile(file) ? file : undefined
  }
  return listed => {
    const path = listed.slice(1)
    return look(path) ?? look(path.startsWith('usr/') ? path.slice(4) : `usr/${path}`)
  }
}

function claimDpkg(tree: Tree, packages: readonly Package[], claim: Claim): void {
  const byName = new Map<string, Package>()
  for (const item of packages) {
    if (item.ecosystem !== 'dpkg') continue
    byName.set(item.name, item)
    byName.set(`${item.name}:${item.architecture ?? ''}`, item)
  }
  const diversions = readDiversions(tree)
  for (const [, fact] of listFileLists(tree, 'dpkg')) {
    const owner = byName.get(fact.package)
    if (owner === undefined) continue
    for (const file of fact.files) {
      const diverted = diversions.get(file)
      claim(diverted === undefined || diverted.by === owner.name ? file : diverted.to, owner)
    }
  }
}

function listFileLists(tree: Tree, ecosystem: Package['ecosystem']) {
  return [...tree]
    .flatMap(([path, entry]) => {
      const fact = entry.content?.fact
      return fact?.kind === 'file-list' && fact.ecosystem === ecosystem ? [[path, fact] as const] : []
    })
    .sort(([a], [b]) => compareText(a, b))
}

/** Databases that hold the lists themselves: apk's and rpm's. */
function claimOwnLists(tree: Tree, index: ReadonlyMap<string, Package>, claim: Claim): void {
  for (const { content } of tree.values()) {
    if (content?.fact?.kind !== 'packages' || content.fact.files === undefined) continue
    const { packages, files } = content.fact
    for (const item of packages) {
      const owner = index.get(keyPackage(item))
      if (owner === undefined || !Object.hasOwn(files, item.name)) continue
      for (const file of files[item.name] ?? []) claim(file, owner)
    }
  }
}

function claimPython(tree: Tree, index: ReadonlyMap<string, Package>, claim: Claim): void {
  for (const [path, fact] of listFileLists(tree, 'python')) {
    const metadata = `${path.slice(0, path.lastIndexOf('/'))}/METADATA`
    const entry = tree.get(metadata)
    const item = entry === undefined ? undefined : readPackages(tree, metadata, entry)[0]
    const owner = item === undefined ? undefined : index.get(keyPackage(item))
    if (owner === undefined) continue
    for (const file of fact.files) claim(file, owner)
  }
}

/** Folders that are climbed from a file to its package: names of an image may be made of thousands. */
const MAX_DEPTH = 64

/** Every file of a Node package's folder and below it, up to the next package. */
function claimNode(tree: Tree, index: ReadonlyMap<string, Package>, owners: Map<string, Package>): void {
  const byFolder = new Map<string, Package | undefined>()
  for (const folder of listNodeFolders(tree)) {
    // A program in the root itself would own the whole system.
    const fact = folder === '' ? undefined : tree.get(`${folder}/package.json`)?.content?.fact
    const owner = fact?.kind === 'node-manifest' ? index.get(keyPackage(fact.package)) : undefined
    if (owner !== undefined) byFolder.set(folder, owner)
  }
  if (byFolder.size === 0) return
  const findOwner = (path: string): Package | undefined => {
    const passed: string[] = []
    let folder = path
    while (folder !== '' && !byFolder.has(folder) && passed.length < MAX_DEPTH) {
      passed.push(folder)
      folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))
    }
    const owner = byFolder.get(folder)
    for (const each of passed) byFolder.set(each, owner)
    return owner
  }
  for (const [path, { type }] of tree) {
    if (type === 'directory' || owners.has(path)) continue
    const owner = findOwner(path.slice(0, Math.max(path.lastIndexOf('/'), 0)))
    if (owner !== undefined) owners.set(path, owner)
  }
}
