import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import path from 'node:path'
import type { Tree, TreeEntry } from '../../../src/audit/inventory.js'
import { findProbe } from '../../../src/audit/probes/index.js'
import { createSource } from './read-source.js'

/** Reads folders of a real root with what probes make of their files, as the audit's merged tree has them. */
export async function readTree(root: string, folders: readonly string[] = ['']): Promise<Tree> {
  const tree = new Map<string, TreeEntry>()
  for (const folder of folders) await readFolder(root, folder, tree)
  return tree
}

async function readFolder(root: string, folder: string, tree: Map<string, TreeEntry>): Promise<void> {
  for (const name of (await readdir(path.join(root, folder))).sort()) {
    const file = folder === '' ? name : `${folder}/${name}`
    const entry = await readEntry(root, file)
    if (entry === undefined) continue
    tree.set(file, entry)
    if (entry.type === 'directory') await readFolder(root, file, tree)
  }
}

async function readEntry(root: string, file: string): Promise<TreeEntry | undefined> {
  const full = path.join(root, file)
  const stat = await lstat(full)
  const common = { path: file, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, layer: 0 }
  if (stat.isDirectory()) return { ...common, type: 'directory', size: 0 }
  if (stat.isSymbolicLink()) return { ...common, type: 'symlink', size: 0, link: await readlink(full) }
  if (!stat.isFile()) return undefined
  return {
    ...common,
    type: 'file',
    size: stat.size,
    content: { sha256: '', ...(await readFileFact(full, file)) },
  }
}

async function readFileFact(full: string, file: string) {
  const probe = findProbe(file)
  const fact = await probe?.read(createSource(await readFile(full)), file)
  return fact === undefined ? {} : { fact }
}
