import type { AuditEvidence } from '../../model/audit.js'
import { type Comparison, comparePlatforms, type FileRow } from '../compare/comparison.js'
import { firstEntry, parentOf } from '../compare/file-values.js'
import { joinFolders, type MissingPart } from '../compare/folders.js'
import { findReason } from '../compare/legitimate.js'
import { isToldAsLibrary } from '../compare/lost-libraries.js'
import { classifyModule } from '../compare/native-modules.js'
import { judgeOwnership } from '../compare/ownership.js'
import { isFolderMissing } from '../compare/row-folders.js'
import { type Split, signMissing, splitPresence } from '../compare/split.js'
import { countOf, formatBytes, joinLabels, labelsOf } from '../compare/wording.js'
import type { TreeEntry } from '../inventory.js'
import type { AuditRule, RuleHit, RuleInput } from './rule.js'

/** Data that programs go wrong without in silence (times in UTC, refused connections): told by its own name. */
const NAMED_DATA: readonly { readonly name: string; readonly matches: RegExp }[] = [
  { name: 'the time zone database', matches: /^usr\/(?:share|lib)\/zoneinfo(?:\/|$)/ },
  {
    name: 'the bundle of CA certificates',
    matches:
      /^(?:etc\/ssl\/(?:certs(?:\/|$)|cert\.pem$|ca-bundle)|etc\/pki\/|etc\/ca-certificates|usr\/share\/ca-certificates|usr\/local\/share\/ca-certificates)/,
  },
]

/** Paths that some platforms have and others lack. */
export const fileMissing: AuditRule = {
  id: 'file-missing',
  scope: 'image',
  severity: 'warning',
  title: 'A file is missing on some platforms',
  why: 'A program, library or data file that one platform lacks fails there alone, often only when it is first needed.',
  check: input =>
    comparePlatforms(input).flatMap(comparison => [
      ...findMissing(comparison),
      ...noteIncomplete(input, comparison),
    ]),
}

function findMissing(comparison: Comparison): RuleHit[] {
  const { labels, complete } = comparison
  const groups = new Map<string, { split: Split; topic: string; rows: FileRow[] }>()
  const filled = collectParents(comparison.missing)
  for (const row of comparison.missing) {
    const split = splitPresence(
      row.items.map((item, side) => (item !== undefined ? true : complete[side] ? false : undefined)),
      labels,
    )
    const entry = firstEntry(row.items)
    if (split === undefined || entry === undefined) continue
    // A folder is a finding of its own only where it is empty; else what it holds is told or explained.
    if (entry.type === 'directory' && filled.has(row.name)) continue
    // The module's own rule knows what its loss means.
    if (isToldAsModule(row, entry, comparison) || isToldAsLibrary(row, comparison)) continue
    if (findReason({ aspect: 'presence', row, comparison }) !== undefined) continue
    const topic = NAMED_DATA.find(one => one.matches.test(entry.path))?.name ?? ''
    const key = `${signMissing(split)} ${topic}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { split, topic, rows: [row] })
    else group.rows.push(row)
  }
  return [...groups.values()].map(({ split, topic, rows }) => {
    const parts = joinFolders(rows, comparison)
    return describeHit(split, topic, rows, parts, comparison)
  })
}

function isToldAsModule(row: FileRow, entry: TreeEntry, comparison: Comparison): boolean {
  if (classifyModule(entry.path) === undefined || entry.content?.elf === undefined) return false
  return (
    judgeOwnership(row, comparison).ownership !== 'none' ||
    !isFolderMissing(parentOf(row.name), row, comparison)
  )
}

/** The folders of all these paths. */
function collectParents(rows: readonly FileRow[]): ReadonlySet<string> {
  const parents = new Set<string>()
  for (const { name } of rows) {
    for (let parent = parentOf(name); parent !== '' && !parents.has(parent); parent = parentOf(parent)) {
      parents.add(parent)
    }
  }
  return parents
}

function describeHit(
  split: Split,
  topic: string,
  rows: readonly FileRow[],
  parts: readonly MissingPart[],
  { labels }: Comparison,
): RuleHit {
  const lacking = split.classes.find(one => one.value === 'missing')?.members ?? []
  const having = split.classes.find(one => one.value === 'present')?.members ?? []
  const [without, having_] = [joinLabels(labelsOf(lacking, labels)), joinLabels(labelsOf(having, labels))]
  const isExtra = split.majority?.value === 'missing'
  const [first] = parts
  const what = topic || describeParts(rows, parts)
  return {
    platforms: labelsOf(split.wrong, labels),
    title: isExtra
      ? `Only ${having_} ${having.length === 1 ? 'has' : 'have'} ${what}`
      : `${without} ${lacking.length === 1 ? 'lacks' : 'lack'} ${what}${split.majority ? '' : `, which ${having_} ${having.length === 1 ? 'has' : 'have'}`}`,
    subject: `${isExtra ? 'extra' : 'missing'} ${topic || (first?.name ?? '')}`,
    paths: rows.map(row => `/${firstEntry(row.items)?.path ?? row.name}`),
    evidence: parts.map(part => describeEvidence(part, having_, without)),
    advice: isExtra
      ? `Find the build step that writes this only for ${having_}, and make it run for every platform or for none.`
      : `Find the build step that writes this, and why it does nothing for ${without}: a condition on the architecture, a download that does not exist there, or an error that was ignored.`,
  }
}

function describeParts(rows: readonly FileRow[], parts: readonly MissingPart[]): string {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) {
    return only.files === 1 && !only.isFolder ? only.path : `${only.path} with ${countOf(only.files, 'file')}`
  }
  const files = rows.filter(row => firstEntry(row.items)?.type !== 'directory').length
  const counted = files === rows.length ? countOf(files, 'file') : countOf(rows.length, 'path')
  return `${counted}, among them ${only?.path ?? ''}`
}

function describeEvidence(part: MissingPart, having: string, without: string): AuditEvidence {
  const size = part.isFolder
    ? part.files === 0
      ? 'an empty folder'
      : `a folder with ${countOf(part.files, 'file')}, ${formatBytes(part.bytes)}`
    : `a ${part.rank}, ${formatBytes(part.bytes)}`
  return {
    path: part.path,
    text: `${part.path} (${size}) is on ${having}, not on ${without}`,
    data: { rank: part.rank, files: part.files, bytes: part.bytes },
  }
}

/** Says once that absence proves nothing on a platform whose layers could not be read to their end. */
function noteIncomplete({ views }: RuleInput, comparison: Comparison): RuleHit[] {
  const unread = comparison.labels.filter((_, side) => !comparison.complete[side])
  if (unread.length === 0 || views.length === 0) return []
  return [
    {
      platforms: unread,
      severity: 'note',
      title: `Nothing is concluded from what is missing on ${joinLabels(unread)}`,
      subject: 'unread layers',
      evidence: unread.map(platform => ({
        platform,
        text: 'a layer of this platform was not read to its end',
      })),
      advice: 'Mend the layer that could not be read; the rules about missing files and packages apply then.',
    },
  ]
}
