import { compareText } from '../../model/platform.js'
import type { TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'
import { parentOf } from './file-values.js'

/** What is measured of a platform: machine code apart, for its density is the architecture's. */
export const MEASURES = ['data', 'code', 'files'] as const

export type Measure = (typeof MEASURES)[number]

/** Measures by folder, with everything below it; `''` is the whole root. */
export type FolderSizes = ReadonlyMap<string, Readonly<Record<Measure, number>>>

/** Adds up the regular files of a platform, hard links once. */
export function measureRoot({ inventory }: PlatformView): Readonly<Record<Measure, number>> {
  const sums = { data: 0, code: 0, files: 0 }
  for (const entry of inventory.tree.values()) {
    if (entry.type === 'file') addFile(sums, entry)
  }
  return sums
}

function addFile(sums: Record<Measure, number>, { path, size, content }: TreeEntry): void {
  const isCode = content?.elf !== undefined || /\.(?:a|o|ko|rlib)$/.test(path)
  sums[isCode ? 'code' : 'data'] += size
  sums.files += 1
}

/** The same by neutral folder: dearer, and only of use where platforms differ. */
export function measureFolders(view: PlatformView): FolderSizes {
  const own = new Map<string, Record<Measure, number>>()
  for (const entry of view.inventory.tree.values()) {
    if (entry.type !== 'file') continue
    const folder = parentOf(entry.path)
    let sums = own.get(folder)
    if (sums === undefined) {
      sums = { data: 0, code: 0, files: 0 }
      own.set(folder, sums)
    }
    addFile(sums, entry)
  }
  const all = new Map<string, Record<Measure, number>>()
  for (const [folder, sums] of own) {
    for (let name: string | undefined = view.neutralizePath(folder); name !== undefined; ) {
      const total = all.get(name) ?? { data: 0, code: 0, files: 0 }
      for (const measure of MEASURES) total[measure] += sums[measure]
      all.set(name, total)
      name = name === '' ? undefined : parentOf(name)
    }
  }
  return all
}

/** A folder that makes a part of the difference between two platforms. */
export interface FolderDifference {
  readonly folder: string
  readonly here: number
  readonly there: number
}

/** The deepest folders that make most of the difference, the largest first; at most five. */
export function locateDifference(
  here: FolderSizes,
  there: FolderSizes,
  measure: Measure,
): FolderDifference[] {
  const read = (sizes: FolderSizes, folder: string) => sizes.get(folder)?.[measure] ?? 0
  const children = new Map<string, Set<string>>()
  for (const folder of [...here.keys(), ...there.keys()]) {
    if (folder === '') continue
    const siblings = children.get(parentOf(folder)) ?? new Set()
    siblings.add(folder)
    children.set(parentOf(folder), siblings)
  }
  const sign = Math.sign(read(here, '') - read(there, ''))
  const gap = (folder: string) => sign * (read(here, folder) - read(there, folder))
  const result: string[] = []
  const descend = (folder: string) => {
    const parts = [...(children.get(folder) ?? [])].filter(part => gap(part) >= 0.2 * gap(''))
    const covered = parts.reduce((sum, part) => sum + gap(part), 0)
    if (parts.length === 0 || covered < 0.7 * gap(folder)) result.push(folder)
    else for (const part of parts) descend(part)
  }
  descend('')
  return result
    .sort((a, b) => gap(b) - gap(a) || compareText(a, b))
    .slice(0, 5)
    .map(folder => ({ folder: `/${folder}`, here: read(here, folder), there: read(there, folder) }))
}
