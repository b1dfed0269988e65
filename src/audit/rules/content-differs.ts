import type { AuditEvidence } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { type Comparison, comparePlatforms, type FileRow } from '../compare/comparison.js'
import { type ContentKind, classifyContent, readContent } from '../compare/content-values.js'
import { firstEntry, parentOf } from '../compare/file-values.js'
import { findReason } from '../compare/legitimate.js'
import { type Split, signSplit, splitValues } from '../compare/split.js'
import { countOf, cutText, formatBytes, joinLabels, labelsOf } from '../compare/wording.js'
import type { AuditRule, RuleHit } from './rule.js'

interface Changed {
  readonly row: FileRow
  readonly path: string
  readonly kind: ContentKind
  readonly split: Split
}

/** Files that should be the same on every platform and are not. */
export const contentDiffers: AuditRule = {
  id: 'content-differs',
  scope: 'image',
  severity: 'warning',
  title: 'Files differ in content between platforms',
  why: 'Scripts, settings and data do not depend on the processor: where they differ, a platform was built from something else.',
  check: input => comparePlatforms(input).flatMap(findDifferences),
}

function findDifferences(comparison: Comparison): RuleHit[] {
  const groups = new Map<string, Changed[]>()
  for (const row of comparison.changed) {
    const changed = readChange(row, comparison)
    if (changed === undefined) continue
    const key = `${isTold(changed, comparison) ? 'note' : ''} ${signSplit(changed.split)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [changed])
    else group.push(changed)
  }
  return [...groups].map(([key, items]) => describeHit(items, key.startsWith('note'), comparison.labels))
}

function readChange(row: FileRow, comparison: Comparison): Changed | undefined {
  const kind = classifyContent(row)
  if (kind === 'program') return undefined
  const values = row.items.map((item, side) => {
    const view = comparison.views[side]
    return item === undefined || view === undefined ? undefined : readContent(item, view, kind)
  })
  const split = splitValues(values, comparison.labels)
  if (split === undefined || findReason({ aspect: 'content', row, comparison }) !== undefined)
    return undefined
  return { row, path: `/${firstEntry(row.items)?.path ?? row.name}`, kind, split }
}

/** What may differ without meaning anything, and cannot be told from what does, is only told. */
function isTold({ kind, split }: Changed, comparison: Comparison): boolean {
  return kind === 'archive' || (kind === 'data' && isByteOrder(split, comparison))
}

/** Whether big-endian platforms have one content and little-endian ones another. */
function isByteOrder(split: Split, { views }: Comparison): boolean {
  const orders = split.classes.map(one => {
    const names = new Set(one.members.map(side => isBigEndian(views[side]?.platform.architecture ?? '')))
    return names.size === 1 ? [...names][0] : undefined
  })
  return split.classes.length === 2 && orders.includes(true) && orders.includes(false)
}

function isBigEndian(architecture: string): boolean {
  return ['s390x', 's390', 'ppc64', 'ppc', 'mips', 'mips64', 'armbe', 'arm64be', 'sparc64'].includes(
    architecture,
  )
}

function describeHit(items: readonly Changed[], told: boolean, labels: readonly string[]): RuleHit {
  const sorted = [...items].sort((a, b) => compareText(a.row.name, b.row.name))
  const { split, path } = sorted[0] as Changed
  const wrong = labelsOf(split.wrong, labels)
  const what = sorted.length === 1 ? path : countOf(sorted.length, 'file')
  return {
    platforms: wrong,
    ...(told ? { severity: 'note' } : {}),
    title: split.majority
      ? `${what} ${sorted.length === 1 ? 'is' : 'are'} not the same on ${joinLabels(wrong)} as on the other platforms`
      : `${what} ${sorted.length === 1 ? 'differs' : 'differ'} between ${joinLabels(wrong)}`,
    subject: `${told ? 'archives and data' : 'files'} ${sorted[0]?.row.name}`,
    paths: sorted.map(one => one.path),
    evidence: [...describeFolders(sorted), ...sorted.map(one => describeEvidence(one, labels))],
    advice: told
      ? 'Archives hold the time at which they were made, and data may hold the byte order. Build them once, outside of the platforms, to be sure.'
      : 'Copy such files from one place for every platform, or build them once in a stage of their own (FROM --platform=$BUILDPLATFORM).',
  }
}

/** Where the files lie, for a list that is too long to read. */
function describeFolders(items: readonly Changed[]): AuditEvidence[] {
  if (items.length < 6) return []
  const counts = new Map<string, number>()
  for (const { path } of items)
    counts.set(parentOf(path) || '/', (counts.get(parentOf(path) || '/') ?? 0) + 1)
  const folders = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
  const shown = folders.slice(0, 5).map(([folder, count]) => `${folder} (${count})`)
  return [
    {
      text: `${countOf(items.length, 'file')} in ${countOf(folders.length, 'folder')}: ${shown.join(', ')}${folders.length > 5 ? ', …' : ''}`,
      data: { folders: Object.fromEntries(folders.slice(0, 100)) },
    },
  ]
}

function describeEvidence({ row, path, kind, split }: Changed, labels: readonly string[]): AuditEvidence {
  const classes = split.classes.map(one => {
    const entry = row.items[one.members[0] ?? 0]
    const value =
      kind === 'link' || kind === 'mixed'
        ? one.value
        : `${formatBytes(entry?.size ?? 0)}, sha256 ${one.value.slice(0, 12)}`
    return { value, platforms: labelsOf(one.members, labels) }
  })
  return {
    path,
    text: `${path}: ${classes.map(one => `${cutText(one.value, 120)} on ${joinLabels(one.platforms)}`).join('; ')}`,
    data: { kind, values: classes },
  }
}
