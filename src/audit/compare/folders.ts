import { compareText } from '../../model/platform.js'
import type { TreeEntry } from '../inventory.js'
import type { Comparison, FileRow } from './comparison.js'
import { firstEntry, parentOf } from './file-values.js'
import { isFolderMissing } from './row-folders.js'

/** What a path is for, the most important first. */
export const FILE_RANKS = ['program', 'library', 'file', 'folder'] as const

export type FileRank = (typeof FILE_RANKS)[number]

/** Judges by content first: an ELF file with an interpreter, a script, or something in a folder for programs. */
export function rankEntry(entry: TreeEntry): FileRank {
  if (entry.type === 'directory') return 'folder'
  const { elf, shebang } = entry.content ?? {}
  if (elf !== undefined) return elf.type === 'shared' || elf.type === 'relocatable' ? 'library' : 'program'
  if (shebang !== undefined && (entry.mode & 0o111) !== 0) return 'program'
  if (/(?:^|\/)s?bin\/[^/]+$/.test(entry.path)) return 'program'
  return /\.so(?:\.[0-9.]+)?$/.test(entry.path) ? 'library' : 'file'
}

/** A path that is missing with everything below it. */
export interface MissingPart {
  /** Free of platform words. */
  readonly name: string
  /** As the first platform that has it writes it. */
  readonly path: string
  readonly rank: FileRank
  /** Files and links below it, or 1. */
  readonly files: number
  readonly bytes: number
  readonly isFolder: boolean
}

/**
 * Joins missing paths to the top-most folders that are missing as a whole. Sorted by importance, then size, then name.
 */
export function joinFolders(rows: readonly FileRow[], comparison: Comparison): MissingPart[] {
  const parts = new Map<string, FileRow[]>()
  for (const row of rows) {
    let top = row.name
    for (let folder = parentOf(top); folder !== ''; folder = parentOf(folder)) {
      if (!isFolderMissing(folder, row, comparison)) break
      top = folder
    }
    const known = parts.get(top)
    if (known === undefined) parts.set(top, [row])
    else known.push(row)
  }
  return [...parts].map(([name, members]) => describePart(name, members)).sort(comparePart)
}

function describePart(name: string, members: readonly FileRow[]): MissingPart {
  const entries = members.map(row => firstEntry(row.items)).filter(entry => entry !== undefined)
  const files = entries.filter(entry => entry.type !== 'directory')
  const ranks = entries.map(rankEntry)
  const [first] = entries
  const isFolder = members[0]?.name !== name || first?.type === 'directory'
  return {
    name,
    path: `/${climb(first?.path ?? name, (members[0]?.name ?? name).split('/').length - name.split('/').length)}`,
    rank: FILE_RANKS.find(rank => ranks.includes(rank)) ?? 'file',
    files: files.length,
    bytes: files.reduce((sum, entry) => sum + entry.size, 0),
    isFolder,
  }
}

/** The path without its last parts: names and paths have as many, but for what a merged `/usr` adds in front. */
function climb(path: string, levels: number): string {
  return levels === 0 ? path : path.split('/').slice(0, -levels).join('/')
}

function comparePart(a: MissingPart, b: MissingPart): number {
  return (
    FILE_RANKS.indexOf(a.rank) - FILE_RANKS.indexOf(b.rank) ||
    b.bytes - a.bytes ||
    compareText(a.name, b.name)
  )
}
