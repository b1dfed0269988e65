import type { AuditEvidence } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { type Comparison, comparePlatforms } from '../compare/comparison.js'
import { listVersions, type PackageRow, stripRevision } from '../compare/package-rows.js'
import { type Split, signSplit, splitValues } from '../compare/split.js'
import { countOf, describeClasses, joinLabels, labelsOf } from '../compare/wording.js'
import type { AuditRule, RuleHit } from './rule.js'

interface Skew {
  readonly row: PackageRow
  readonly split: Split
  /** Whether the upstream version is the same and only the packaging is newer. */
  readonly revisionOnly: boolean
  /** Name of the source package, where the database tells. */
  readonly source: string
}

/** Packages whose versions are not the same on all platforms. */
export const packageVersion: AuditRule = {
  id: 'package-version',
  scope: 'image',
  severity: 'warning',
  title: 'Package versions differ between platforms',
  why: 'Platforms of one tag that hold different versions behave differently, and a fix may have reached only some.',
  check: input => comparePlatforms(input).flatMap(findSkews),
}

function findSkews({ packages, labels }: Comparison): RuleHit[] {
  const groups = new Map<string, Skew[]>()
  for (const row of packages) {
    const split = splitValues(
      row.items.map(items => {
        if (items === undefined) return undefined
        const versions = listVersions(items)
        return { raw: versions, neutral: versions }
      }),
      labels,
    )
    if (split === undefined) continue
    const key = signSplit(split)
    const skew = describeSkew(row, split)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [skew])
    else group.push(skew)
  }
  return [...groups.values()].map(skews => describeHit(skews, labels))
}

function describeSkew(row: PackageRow, split: Split): Skew {
  const upstream = new Set(
    split.classes.map(one => stripRevision({ ecosystem: row.ecosystem, version: one.value })),
  )
  const source = row.items.find(items => items !== undefined)?.[0]?.source?.split(' ')[0] ?? row.name
  return { row, split, revisionOnly: upstream.size === 1, source }
}

function describeHit(skews: readonly Skew[], labels: readonly string[]): RuleHit {
  const sorted = [...skews].sort(
    (a, b) => compareText(a.row.ecosystem, b.row.ecosystem) || compareText(a.row.name, b.row.name),
  )
  const [first] = sorted as [Skew]
  const { split } = first
  const wrong = labelsOf(split.wrong, labels)
  const sources = [...new Set(sorted.map(one => one.source))].sort(compareText)
  const revisions = sorted.every(one => one.revisionOnly)
  const what = sorted.length === 1 ? first.row.name : countOf(sorted.length, 'package')
  const kind = revisions ? 'another packaging revision' : 'another version'
  const title = split.majority
    ? `${joinLabels(wrong)} ${wrong.length === 1 ? 'has' : 'have'} ${kind} of ${what} than the other platforms`
    : `${what} ${sorted.length === 1 ? 'differs' : 'differ'} in ${revisions ? 'packaging revision' : 'version'} between ${joinLabels(wrong)}`
  return {
    platforms: wrong,
    title,
    subject: `${first.row.ecosystem}:${first.row.name}`,
    evidence: [
      ...(sorted.length > 1 ? [describeSources(sources, sorted.length)] : []),
      ...sorted.map(one => describeEvidence(one, labels)),
    ],
    advice: revisions
      ? 'Build all platforms from the same snapshot of the package archive: the revisions differ, the upstream versions do not.'
      : 'Pin the versions, or build all platforms at one time from the same snapshot of the package archive and the same base image.',
  }
}

function describeSources(sources: readonly string[], packages: number): AuditEvidence {
  const shown = sources.slice(0, 12).join(', ')
  return {
    text: `${countOf(packages, 'package')} of ${countOf(sources.length, 'source package')}: ${shown}${sources.length > 12 ? ', …' : ''}`,
    data: { packages, sources: sources.slice(0, 1000) },
  }
}

function describeEvidence(
  { row, split, revisionOnly, source }: Skew,
  labels: readonly string[],
): AuditEvidence {
  return {
    text: `${row.ecosystem} package ${row.name}: ${describeClasses(split, labels)}`,
    data: {
      ecosystem: row.ecosystem,
      name: row.name,
      source,
      revisionOnly,
      versions: split.classes.map(one => ({ version: one.value, platforms: labelsOf(one.members, labels) })),
      ...(split.majority === undefined ? {} : { majority: split.majority.value }),
    },
  }
}
