import type { AuditEvidence } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { type Comparison, comparePlatforms } from '../compare/comparison.js'
import { neutralizeWords } from '../compare/neutral-words.js'
import { listVersions, type PackageRow } from '../compare/package-rows.js'
import { findAskedFor } from '../compare/requirements.js'
import { type Split, signMissing, splitPresence } from '../compare/split.js'
import { countOf, joinLabels, labelsOf } from '../compare/wording.js'
import { findLackingPackages } from './native/npm-builds.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Packages whose loss shows as something else: times in UTC, refused connections. */
const NAMED_PACKAGES: Readonly<Record<string, string>> = {
  tzdata: 'the time zone database',
  'ca-certificates': 'the bundle of CA certificates',
  'ca-certificates-bundle': 'the bundle of CA certificates',
}

/** Packages that some platforms have and others lack. */
export const packageMissing: AuditRule = {
  id: 'package-missing',
  scope: 'image',
  severity: 'warning',
  title: 'A package is missing on some platforms',
  why: 'What one platform lacks fails there alone, or a slower or poorer fallback takes its place in silence.',
  check: input => comparePlatforms(input).flatMap(findMissing),
}

function findMissing(comparison: Comparison): RuleHit[] {
  const { labels, complete, views, packages } = comparison
  const lacking = packages.filter(row =>
    row.items.some((items, side) => items === undefined && complete[side]),
  )
  const asked = findAskedFor(lacking, packages, views, complete)
  const groups = new Map<string, { split: Split; topic: string; rows: PackageRow[] }>()
  for (const row of lacking) {
    if (asked.has(row) || isToldAsBuild(row, comparison)) continue
    const split = splitPresence(
      row.items.map((items, side) => (items !== undefined ? true : complete[side] ? false : undefined)),
      labels,
    )
    if (split === undefined) continue
    const topic = Object.hasOwn(NAMED_PACKAGES, row.name) ? (NAMED_PACKAGES[row.name] ?? '') : ''
    const key = `${signMissing(split)} ${topic}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { split, topic, rows: [row] })
    else group.rows.push(row)
  }
  return [...groups.values()].map(({ split, topic, rows }) => describeHit(split, topic, rows, comparison))
}

/** The rule `native-module` knows which build a Node package wants, and what is there in its place. */
function isToldAsBuild(row: PackageRow, { views, complete }: Comparison): boolean {
  if (row.ecosystem !== 'node') return false
  return row.items.every((items, side) => {
    const view = views[side]
    if (items !== undefined || view === undefined || !complete[side]) return true
    return findLackingPackages(view).some(({ wanted }) =>
      wanted.some(name => neutralizeWords(name, view.platform) === row.name),
    )
  })
}

function describeHit(
  split: Split,
  topic: string,
  rows: readonly PackageRow[],
  { labels }: Comparison,
): RuleHit {
  const sorted = [...rows].sort(
    (a, b) => compareText(a.ecosystem, b.ecosystem) || compareText(a.name, b.name),
  )
  const without = split.classes.find(one => one.value === 'missing')?.members ?? []
  const having = split.classes.find(one => one.value === 'present')?.members ?? []
  const [lacking, present] = [joinLabels(labelsOf(without, labels)), joinLabels(labelsOf(having, labels))]
  const isExtra = split.majority?.value === 'missing'
  const [first] = sorted
  const names = sorted.slice(0, 3).map(row => row.name)
  const listed =
    sorted.length === 1
      ? `the ${first?.ecosystem} package ${first?.name}`
      : `${countOf(sorted.length, 'package')} (${names.join(', ')}${sorted.length > 3 ? ', …' : ''})`
  const what = topic === '' ? listed : `${topic} (package ${first?.name})`
  return {
    platforms: labelsOf(split.wrong, labels),
    title: isExtra
      ? `Only ${present} ${having.length === 1 ? 'has' : 'have'} ${what}`
      : `${lacking} ${without.length === 1 ? 'lacks' : 'lack'} ${what}${split.majority ? '' : `, which ${present} ${having.length === 1 ? 'has' : 'have'}`}`,
    subject: `${isExtra ? 'extra' : 'missing'} ${first?.ecosystem}:${first?.name}`,
    evidence: sorted.map(row => describeEvidence(row, present, lacking)),
    advice: isExtra
      ? `Install it on every platform, or say in the build why only ${present} needs it.`
      : `Install it for ${lacking} too. Where it cannot be had there, say in the image's documentation what does not work.`,
  }
}

function describeEvidence(row: PackageRow, having: string, without: string): AuditEvidence {
  const present = row.items.find(items => items !== undefined) ?? []
  const versions = listVersions(present)
  return {
    text: `${row.ecosystem} package ${row.name} ${versions} is on ${having}, not on ${without}`,
    data: {
      ecosystem: row.ecosystem,
      name: row.name,
      version: versions,
      ...(present[0]?.source === undefined ? {} : { source: present[0].source }),
    },
  }
}
