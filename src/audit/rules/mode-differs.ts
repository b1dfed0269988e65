import type { AuditEvidence, Severity } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { type Comparison, comparePlatforms, type FileRow } from '../compare/comparison.js'
import { classifyType, firstEntry } from '../compare/file-values.js'
import { findReason } from '../compare/legitimate.js'
import { nameOwner } from '../compare/owners.js'
import { type Split, signSplit, splitValues } from '../compare/split.js'
import { countOf, describeClasses, joinLabels, labelsOf } from '../compare/wording.js'
import type { TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'
import type { AuditRule, RuleHit } from './rule.js'

/** One property of an entry. */
interface Property {
  readonly name: string
  readonly severity?: Severity
  /** Whether by-products are looked at too: a setuid bit is none. */
  readonly everywhere?: boolean
  readonly advice: string
  read(entry: TreeEntry, view: PlatformView): string
}

const SETUID_AND_SETGID = 0o6000

const PROPERTIES: readonly Property[] = [
  {
    name: 'setuid or setgid bit',
    severity: 'error',
    everywhere: true,
    advice:
      'Set the bits explicitly in the build; where a package sets them, see whether its scripts failed on that platform.',
    // A folder's setgid bit only passes its group on.
    read: entry =>
      entry.type === 'directory' || (entry.mode & SETUID_AND_SETGID) === 0
        ? 'none'
        : formatMode(entry.mode & SETUID_AND_SETGID),
  },
  {
    name: 'file capabilities',
    severity: 'error',
    everywhere: true,
    advice:
      'Set the capabilities explicitly in the build. Packages fall back to setuid, or to nothing, where setcap fails, as it does under some emulators.',
    read: entry => entry.capability ?? 'none',
  },
  {
    name: 'mode',
    advice:
      'Set the mode explicitly (COPY --chmod, chmod), so that it does not depend on the machine that builds.',
    read: entry => formatMode(entry.type === 'directory' ? entry.mode : entry.mode & ~SETUID_AND_SETGID),
  },
  {
    name: 'owner',
    advice: 'Set the owner explicitly (COPY --chown, chown) and give users fixed numbers (useradd --uid).',
    read: nameOwner,
  },
]

/** Files that platforms have in common, with other rights. */
export const modeDiffers: AuditRule = {
  id: 'mode-differs',
  scope: 'image',
  severity: 'warning',
  title: 'Modes, owners or capabilities of files differ between platforms',
  why: 'A program that may not be read, written or started, or that runs with other rights, fails on that platform alone.',
  check: input => comparePlatforms(input).flatMap(findDifferences),
}

function findDifferences(comparison: Comparison): RuleHit[] {
  return PROPERTIES.flatMap(property => findProperty(property, comparison))
}

function findProperty(property: Property, comparison: Comparison): RuleHit[] {
  const groups = new Map<string, { row: FileRow; split: Split }[]>()
  for (const row of comparison.changed) {
    const split = splitProperty(row, property, comparison)
    if (split === undefined) continue
    if (!property.everywhere && findReason({ aspect: 'mode', row, comparison }) !== undefined) continue
    const key = signSplit(split)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [{ row, split }])
    else group.push({ row, split })
  }
  return [...groups.values()].map(items => describeHit(property, items, comparison.labels))
}

function splitProperty(row: FileRow, property: Property, comparison: Comparison): Split | undefined {
  const types = new Set(row.items.flatMap(item => (item === undefined ? [] : [classifyType(item)])))
  // Links have no rights of their own, and a folder in the place of a file is another rule's.
  if (types.size > 1 || types.has('symlink')) return undefined
  const values = row.items.map((item, side) => {
    const view = comparison.views[side]
    if (item === undefined || view === undefined) return undefined
    const value = property.read(item, view)
    return { raw: value, neutral: value }
  })
  return splitValues(values, comparison.labels)
}

function describeHit(
  { name, severity, advice }: Property,
  items: readonly { readonly row: FileRow; readonly split: Split }[],
  labels: readonly string[],
): RuleHit {
  const sorted = [...items].sort((a, b) => compareText(a.row.name, b.row.name))
  const { split, row } = sorted[0] as { row: FileRow; split: Split }
  const wrong = labelsOf(split.wrong, labels)
  const what =
    sorted.length === 1 ? `/${firstEntry(row.items)?.path ?? row.name}` : countOf(sorted.length, 'path')
  return {
    platforms: wrong,
    ...(severity === undefined ? {} : { severity }),
    title: split.majority
      ? `${what} ${sorted.length === 1 ? 'has' : 'have'} ${name.endsWith('s') ? 'other' : 'another'} ${name} on ${joinLabels(wrong)} than on the other platforms`
      : `The ${name} of ${what} ${name.endsWith('s') ? 'differ' : 'differs'} between ${joinLabels(wrong)}`,
    subject: `${name} ${row.name}`,
    paths: sorted.map(item => `/${firstEntry(item.row.items)?.path ?? item.row.name}`),
    evidence: sorted.map(item => describeEvidence(name, item.row, item.split, labels)),
    advice,
  }
}

function describeEvidence(
  name: string,
  row: FileRow,
  split: Split,
  labels: readonly string[],
): AuditEvidence {
  const path = `/${firstEntry(row.items)?.path ?? row.name}`
  return {
    path,
    text: `${name} of ${path}: ${describeClasses(split, labels)}`,
    data: {
      values: split.classes.map(one => ({ value: one.value, platforms: labelsOf(one.members, labels) })),
    },
  }
}

function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
