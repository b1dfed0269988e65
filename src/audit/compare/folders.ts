import { compareText } from '../../model/platform.js'
import type { TreeEntry } from '../inventory.js'
import type { FileRow } from './comparison.js'
import { firstEntry, parentOf } from './file-values.js'

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
  /** As the first platform that has it writes it. */
  readonly path: string
  readonly rank: FileRank
  /** Files and links below it, or 1. */
  readonly files: number
  readonly bytes: number
  readonly isFolder: boolean
}

/**
 * Joins missing paths to the top-most folders that are missing as a whole; `sameSplit` tells whether a folder is
 * missing on the same platforms. Sorted by importance, then size, then path.
 */
export function joinFolders(
  rows: readonly FileRow[],
  findFolder: (name: string) => FileRow | undefined,
): MissingPart[] {
  const parts = new Map<string, { top: FileRow; members: FileRow[] }>()
  for (const row of rows) {
    let top = row
    for (let name = parentOf(row.name); name !== ''; name = parentOf(name)) {
      const folder = findFolder(name)
      if (folder === undefined) break
      top = folder
    }
    const known = parts.get(top.name)
    if (known === undefined) parts.set(top.name, { top, members: [row] })
    else known.members.push(row)
  }
  return [...parts.values()].map(({ top, members }) => describePart(top, members)).sort(comparePart)
}

function describePart(top: FileRow, members: readonly FileRow[]): MissingPart {
  const entries = members.map(row => firstEntry(row.items)).filter(entry => entry !== undefined)
  const files = entries.filter(entry => entry.type !== 'directory')
  const ranks = entries.map(rankEntry)
  const first = firstEntry(top.items)
  return {
    path: `/${first?.path ?? top.name}`,
    rank: FILE_RANKS.find(rank => ranks.includes(rank)) ?? 'file',
    files: files.length,
    bytes: files.reduce((sum, entry) => sum + entry.size, 0),
    isFolder: first?.type === 'directory',
  }
}

function comparePart(a: MissingPart, b: MissingPart): number {
  return (
    FILE_RANKS.indexOf(a.rank) - FILE_RANKS.indexOf(b.rank) ||
    b.bytes - a.bytes ||
    compareText(a.path, b.path)
  )
}
