import { compareText } from '../../model/platform.js'
import type { Package, Tree } from '../inventory.js'
import { type FactFile, listFacts } from '../tree/list-facts.js'
import { keyPackage, readPackages } from './collect-packages.js'
import { readDiversions } from './diversions.js'
import { listNodeFolders } from './node-layout.js'
import { createFolderResolver } from './real-folder.js'

/** Says that a package's list names an absolute path. */
type Claim = (path: string, owner: Package) => void

/** What a package's list names. */
interface Claimed {
  /** Without the leading slash. */
  readonly path: string
  readonly owner: Package
}

/**
 * Makes a function that tells which package put a file there, by its path in the tree (anything but a directory); what
 * it gives is of `packages`. The first claim counts, in the order dpkg, apk and rpm, Python, Node, for what a
 * distribution installs is its package's whatever else is written beside it. Listed paths are followed through symbolic
 * links of folders, so that dpkg's `/lib/x` is the tree's `usr/lib/x` where `lib` is a link to `usr/lib`, and the
 * reverse. Lists name far more files than anyone asks about: they are looked up by name, and followed when asked.
 */
export function createOwnerFinder(
  tree: Tree,
  packages: readonly Package[],
): (path: string) => Package | undefined {
  const claims = collectClaims(tree, packages)
  const find = createFileFinder(tree)
  const owners = new Map<string, Package>()
  const findNodeOwner = createNodeOwnerFinder(tree, packages)
  return path => {
    const type = tree.get(path)?.type
    if (type === undefined || type === 'directory') return undefined
    // Links of folders are followed, and those of files are not: a claim has the file's own name.
    const name = nameOf(path)
    for (const { path: listed, owner } of claims.get(name) ?? []) {
      const file = find(listed)
      if (file !== undefined && !owners.has(file)) owners.set(file, owner)
    }
    claims.delete(name)
    return owners.get(path) ?? findNodeOwner(path)
  }
}

/** What all lists name, by the last part of the path; earlier claims come first. */
function collectClaims(tree: Tree, packages: readonly Package[]): Map<string, Claimed[]> {
  const claims = new Map<string, Claimed[]>()
  const claim: Claim = (listed, owner) => {
    const path = listed.slice(1)
    const name = nameOf(path)
    const known = claims.get(name)
    if (known === undefined) claims.set(name, [{ path, owner }])
    else known.push({ path, owner })
  }
  const index = indexPackages(packages)
  const lists = [...listFacts(tree, 'file-list')].sort((a, b) => compareText(a.path, b.path))
  claimDpkg(tree, lists, packages, claim)
  claimOwnLists(tree, index, claim)
  claimPython(tree, lists, index, claim)
  return claims
}

function indexPackages(packages: readonly Package[]): ReadonlyMap<string, Package> {
  return new Map(packages.map(item => [keyPackage(item), item]))
}

/** The tree's path of a listed one, both without a leading slash; undefined where nothing but a directory is there. */
function createFileFinder(tree: Tree): (path: string) => string | undefined {
  const resolve = createFolderResolver(tree)
  const isFile = (path: string): boolean => {
    const entry = tree.get(path)
    return entry !== undefined && entry.type !== 'directory'
  }
  const look = (path: string): string | undefined => {
    if (isFile(path)) return path
    const folder = resolve(folderOf(path))
    if (folder === undefined) return undefined
    const file = folder === '' ? nameOf(path) : `${folder}/${nameOf(path)}`
    return isFile(file) ? file : undefined
  }
  return path => look(path) ?? look(path.startsWith('usr/') ? path.slice(4) : `usr/${path}`)
}

/** The list of one package. */
type FileList = FactFile<'file-list'>

function claimDpkg(tree: Tree, lists: readonly FileList[], packages: readonly Package[], claim: Claim): void {
  const byName = new Map<string, Package>()
  for (const item of packages) {
    if (item.ecosystem !== 'dpkg') continue
    byName.set(item.name, item)
    byName.set(`${item.name}:${item.architecture ?? ''}`, item)
  }
  const diversions = readDiversions(tree)
  for (const { fact } of lists) {
    const owner = fact.ecosystem === 'dpkg' ? byName.get(fact.package) : undefined
    if (owner === undefined) continue
    for (const file of fact.files) {
      const diverted = diversions.get(file)
      claim(diverted === undefined || diverted.by === owner.name ? file : diverted.to, owner)
    }
  }
}

/** Databases that hold the lists themselves: apk's and rpm's. */
function claimOwnLists(tree: Tree, index: ReadonlyMap<string, Package>, claim: Claim): void {
  for (const { fact } of listFacts(tree, 'packages')) {
    const { packages, files } = fact
    if (files === undefined) continue
    for (const item of packages) {
      const owner = index.get(keyPackage(item))
      if (owner === undefined || !Object.hasOwn(files, item.name)) continue
      for (const file of files[item.name] ?? []) claim(file, owner)
    }
  }
}

function claimPython(
  tree: Tree,
  lists: readonly FileList[],
  index: ReadonlyMap<string, Package>,
  claim: Claim,
): void {
  for (const { path, fact } of lists) {
    if (fact.ecosystem !== 'python') continue
    const metadata = `${folderOf(path)}/METADATA`
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
function createNodeOwnerFinder(
  tree: Tree,
  packages: readonly Package[],
): (path: string) => Package | undefined {
  const byFolder = new Map<string, Package>()
  const index = indexPackages(packages.filter(item => item.ecosystem === 'node'))
  if (index.size === 0) return () => undefined
  for (const folder of listNodeFolders(tree)) {
    // A program in the root itself would own the whole system.
    const fact = folder === '' ? undefined : tree.get(`${folder}/package.json`)?.content?.fact
    const owner = fact?.kind === 'node-manifest' ? index.get(keyPackage(fact.package)) : undefined
    if (owner !== undefined) byFolder.set(folder, owner)
  }
  return path => {
    let folder = folderOf(path)
    for (let depth = 0; folder !== '' && depth < MAX_DEPTH; depth += 1) {
      const owner = byFolder.get(folder)
      if (owner !== undefined) return owner
      folder = folderOf(folder)
    }
    return undefined
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
