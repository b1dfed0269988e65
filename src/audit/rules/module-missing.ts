import type { AuditEvidence } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { alignByName } from '../compare/align.js'
import { type Comparison, comparePlatforms, type FileRow } from '../compare/comparison.js'
import { parentOf } from '../compare/file-values.js'
import {
  findFallbacks,
  hasOnlyForeignBuilds,
  locatePackage,
  type PackageFolder,
} from '../compare/module-packages.js'
import { listLoadableModules, type NativeModule } from '../compare/native-modules.js'
import { judgeOwnership } from '../compare/ownership.js'
import { isFolderMissing } from '../compare/row-folders.js'
import { type Split, signMissing, splitPresence } from '../compare/split.js'
import { countOf, joinLabels, labelsOf } from '../compare/wording.js'
import type { AuditRule, RuleHit } from './rule.js'

interface Missing {
  readonly split: Split
  readonly module: NativeModule
  readonly row: FileRow
  readonly folder: PackageFolder
}

/** Native modules that some platforms can load and others do not have, though the package is there. */
export const moduleMissing: AuditRule = {
  id: 'module-missing',
  scope: 'image',
  severity: 'warning',
  title: 'A native module is missing on some platforms',
  why: 'The package is there and its native part is not: it fails when it is loaded, or a slow fallback takes its place and no test sees it.',
  check: input => comparePlatforms(input).flatMap(findMissing),
}

function findMissing(comparison: Comparison): RuleHit[] {
  const { labels, complete, views } = comparison
  const groups = new Map<string, Missing[]>()
  for (const { name, items } of alignByName(views.map(listLoadableModules), name => name)) {
    const split = splitPresence(
      items.map((item, side) => (item !== undefined ? true : complete[side] ? false : undefined)),
      labels,
    )
    const module = items.find(item => item !== undefined)
    if (split === undefined || module === undefined) continue
    const row: FileRow = { name, items: items.map(item => item?.entry), ambiguous: false }
    if (isExplained(row, comparison)) continue
    const folder = locatePackage(module.path)
    const key = `${signMissing(split)} ${folder.path}`
    const missing = { split, module, row, folder }
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [missing])
    else group.push(missing)
  }
  return [...groups.values()].map(items => describeHit(items, comparison))
}

/** Told by another rule, or decided by a distribution's packager, or there but for another machine. */
function isExplained(row: FileRow, comparison: Comparison): boolean {
  const { ownership, owner } = judgeOwnership(row, comparison)
  if (ownership === 'not-installed' || ownership === 'other-version') return true
  if (
    ownership === 'same' &&
    owner !== undefined &&
    owner.ecosystem !== 'python' &&
    owner.ecosystem !== 'node'
  )
    return true
  if (ownership === 'none' && isFolderMissing(neutralFolder(row, comparison), row, comparison)) return true
  return row.items.every(
    (item, side) =>
      item !== undefined ||
      hasForeign(row, side, comparison) ||
      hasOnlyBuildsForOthers(row, side, comparison),
  )
}

function hasOnlyBuildsForOthers(row: FileRow, side: number, { views }: Comparison): boolean {
  const path = row.items.find(item => item !== undefined)?.path ?? ''
  const view = views[side]
  return view !== undefined && hasOnlyForeignBuilds(locatePackage(path), view)
}

/** The folder as rows of files name it: a module's own name says less. */
function neutralFolder(row: FileRow, { views }: Comparison): string {
  const side = row.items.findIndex(item => item !== undefined)
  const path = row.items[side]?.path ?? row.name
  return parentOf(views[side]?.neutralizePath(path) ?? path)
}

/** Whether the platform has the very file for another machine: the rule about foreign files names it. */
function hasForeign(row: FileRow, side: number, { views }: Comparison): boolean {
  return row.items.some((item, other) => {
    if (item === undefined) return false
    const folder = item.path.slice(0, item.path.lastIndexOf('/') + 1)
    // Folders named after a platform hold other platforms' files on purpose.
    if (views[other]?.neutralizePath(folder) !== folder) return false
    return views[side]?.inventory.tree.get(item.path)?.content?.elf !== undefined
  })
}

function describeHit(items: readonly Missing[], comparison: Comparison): RuleHit {
  const { labels } = comparison
  const sorted = [...items].sort((a, b) => compareText(a.row.name, b.row.name))
  const { split, folder, module, row } = sorted[0] as Missing
  const lacking = split.classes.find(one => one.value === 'missing')?.members ?? []
  const having = split.classes.find(one => one.value === 'present')?.members ?? []
  const [without, present] = [joinLabels(labelsOf(lacking, labels)), joinLabels(labelsOf(having, labels))]
  const fallbacks = findFallbacks(folder, row, lacking, comparison)
  const { owner } = judgeOwnership(row, comparison)
  const name = owner?.name ?? folder.name
  const what = sorted.length === 1 ? `native module /${module.path}` : countOf(sorted.length, 'native module')
  return {
    platforms: labelsOf(split.wrong, labels),
    ...(fallbacks.length > 0 ? { severity: 'error' } : {}),
    title: `${without} ${lacking.length === 1 ? 'lacks' : 'lack'} the ${what} of ${name}${fallbacks.length > 0 ? ', and nothing fails for it' : ''}`,
    subject: `${module.language} ${name} ${sorted[0]?.row.name}`,
    paths: sorted.map(one => `/${one.module.path}`),
    evidence: [
      ...sorted.map(
        (one): AuditEvidence => ({
          path: `/${one.module.path}`,
          text: `/${one.module.path} (${one.module.language}) is on ${present}, not on ${without}`,
          data: { language: one.module.language, package: name, size: one.module.entry.size },
        }),
      ),
      ...fallbacks,
    ],
    advice: `Build ${name} for ${without} with what its native part needs (compiler, headers), or take a release that has it prebuilt; then let the build fail where it is missing.`,
  }
}
