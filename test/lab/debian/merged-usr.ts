import type { FileEntry } from '../layer.js'

/** Folders beside bin, sbin and lib that debootstrap makes links of (its function `setup_merged_usr`), by architecture. */
const MORE_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['lib32', 'lib64', 'libx32'],
  i386: ['lib64', 'libx32'],
  ppc64el: ['lib64'],
  s390x: ['lib32'],
}

/** The top folders that are links into /usr. */
export function listMergedFolders(architecture: string): readonly string[] {
  return ['bin', 'sbin', 'lib', ...(MORE_FOLDERS[architecture] ?? [])]
}

/** Links and the folders that they name. */
export function linkMergedFolders(folders: readonly string[]): FileEntry[] {
  return folders.flatMap(folder => [
    { path: `usr/${folder}`, directory: true },
    { path: folder, link: `usr/${folder}` },
  ])
}

/** Where a path of a package lies once the links are there. */
export function mergePath(path: string, folders: readonly string[]): string {
  return folders.includes(path.split('/', 1)[0] ?? '') ? `usr/${path}` : path
}
