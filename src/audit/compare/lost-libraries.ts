import type { ElfFile, PlatformView } from '../view/platform-view.js'
import type { Comparison, FileRow } from './comparison.js'
import { baseName } from './file-values.js'

interface Needs {
  readonly byName: ReadonlyMap<string, readonly ElfFile[]>
  readonly lost: Map<string, boolean>
}

const known = new WeakMap<PlatformView, Needs>()

/**
 * Whether a missing library is one that files of each platform which lacks it need and do not find there: the rule
 * `missing-library` names those files, which says more than the library's path.
 */
export function isToldAsLibrary(row: FileRow, { views, complete }: Comparison): boolean {
  const names = new Set<string>()
  for (const item of row.items) {
    if (item === undefined) continue
    if (!/\.so(?:\.|$)/.test(item.path)) return false
    names.add(baseName(item.path))
    const { soname } = item.content?.elf ?? {}
    if (soname !== undefined) names.add(soname)
  }
  return row.items.every((item, side) => {
    const view = views[side]
    if (item !== undefined || view === undefined || !complete[side]) return true
    return [...names].some(name => isNeededAndLost(view, name))
  })
}

function isNeededAndLost(view: PlatformView, name: string): boolean {
  const { byName, lost } = indexNeeds(view)
  const before = lost.get(name)
  if (before !== undefined) return before
  const answer = (byName.get(name) ?? []).some(file => view.findLibrary(name, file).path === undefined)
  lost.set(name, answer)
  return answer
}

function indexNeeds(view: PlatformView): Needs {
  const before = known.get(view)
  if (before !== undefined) return before
  const byName = new Map<string, ElfFile[]>()
  for (const file of view.elfFiles) {
    for (const name of file.elf.needed ?? []) {
      const files = byName.get(name)
      if (files === undefined) byName.set(name, [file])
      else files.push(file)
    }
  }
  const needs: Needs = { byName, lost: new Map() }
  known.set(view, needs)
  return needs
}
