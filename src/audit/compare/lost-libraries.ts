import type { PlatformView } from '../view/platform-view.js'
import type { Comparison, FileRow } from './comparison.js'
import { baseName } from './file-values.js'

const known = new WeakMap<PlatformView, Map<string, boolean>>()

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
  const answers = known.get(view) ?? new Map<string, boolean>()
  known.set(view, answers)
  const before = answers.get(name)
  if (before !== undefined) return before
  const answer = view.elfFiles.some(
    file => file.elf.needed?.includes(name) && view.findLibrary(name, file).path === undefined,
  )
  answers.set(name, answer)
  return answer
}
