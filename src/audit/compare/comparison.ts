import type { TreeEntry } from '../inventory.js'
import { hasForeignUserland } from '../rules/common/foreign-files.js'
import type { RuleInput } from '../rules/rule.js'
import type { PlatformView } from '../view/platform-view.js'
import { type AlignedRow, alignByName } from './align.js'
import { differs, isSameEntry } from './file-values.js'
import { groupPlatforms } from './groups.js'
import { alignPackages, type PackageRow } from './package-rows.js'

/** One path on several platforms. */
export type FileRow = AlignedRow<TreeEntry>

/** Platforms that can be measured by each other, with everything aligned once. */
export interface Comparison {
  /** At least two, of one operating system and version of it, in the image's order. */
  readonly views: readonly PlatformView[]
  readonly labels: readonly string[]
  /** By position: whether absence proves anything there. */
  readonly complete: readonly boolean[]
  /** Paths that a platform lacks though all its layers were read. */
  readonly missing: readonly FileRow[]
  /** Paths whose entries differ where there are any: type, mode, owner, capability, link or content. */
  readonly changed: readonly FileRow[]
  readonly packages: readonly PackageRow[]
}

const known = new WeakMap<RuleInput, readonly Comparison[]>()

/**
 * Aligns the platforms of an image, once for all rules. A platform whose whole system is another machine's is left out:
 * the rule `foreign-elf` says so, and every path would differ.
 */
export function comparePlatforms(input: RuleInput): readonly Comparison[] {
  const before = known.get(input)
  if (before !== undefined) return before
  const comparisons = groupPlatforms(input.views.filter(view => !hasForeignUserland(view))).map(compareGroup)
  known.set(input, comparisons)
  return comparisons
}

function compareGroup(views: readonly PlatformView[]): Comparison {
  const rows = alignByName<TreeEntry>(
    views.map(view => view.inventory.tree),
    (path, side) => views[side]?.neutralizePath(path) ?? path,
    isSameEntry,
  )
  const complete = views.map(view => view.complete)
  const missing: FileRow[] = []
  const changed: FileRow[] = []
  for (const row of rows) {
    let present = 0
    let lacking = 0
    row.items.forEach((item, side) => {
      if (item !== undefined) present += 1
      else if (complete[side]) lacking += 1
    })
    if (lacking > 0) missing.push(row)
    if (present > 1 && !row.ambiguous && differs(row.items)) changed.push(row)
  }
  return {
    views,
    labels: views.map(view => view.label),
    complete,
    missing,
    changed,
    packages: alignPackages(views),
  }
}
