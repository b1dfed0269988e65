import { afterAll, expect, test } from 'vitest'
import type { AuditFinding } from '../../src/model/audit.js'
import { KNOWN_BAD } from '../lab/audit-images/index.js'
import type { ExpectedFinding, KnownBad } from '../lab/audit-images/known-bad.js'
import { auditContent } from './audit-content.js'

const results: { name: string; kind: string; hits: number; misses: number; falseAlarms: number }[] = []

afterAll(() => {
  const sum = (pick: (result: (typeof results)[number]) => number): number =>
    results.reduce((total, result) => total + pick(result), 0)
  console.table(results)
  console.log(
    `known-bad images: ${results.length} cases, ${sum(({ hits }) => hits)} hits, ` +
      `${sum(({ misses }) => misses)} misses, ${sum(({ falseAlarms }) => falseAlarms)} false alarms`,
  )
})

test.for(KNOWN_BAD)('$name ($kind): $about', async bad => {
  const { findings } = await auditContent(await bad.build(), {
    ...(bad.requiredPlatforms ? { requiredPlatforms: bad.requiredPlatforms } : {}),
  })
  const expected = bad.expected.map(describeExpected).sort()
  const found = listFindings(findings, bad).sort()
  const hits = countCommon(expected, found)
  results.push({
    ...{ name: bad.name, kind: bad.kind, hits },
    misses: expected.length - hits,
    falseAlarms: found.length - hits,
  })
  expect(found, findings.map(each => `${each.severity} ${each.rule}: ${each.title}`).join('\n')).toEqual(
    expected,
  )
})

test('no two images have the same name', () => {
  expect(new Set(KNOWN_BAD.map(({ name }) => name)).size).toBe(KNOWN_BAD.length)
})

/** Lines that both have, each as often as both have it. */
function countCommon(a: readonly string[], b: readonly string[]): number {
  const rest = [...b]
  return a.filter(line => {
    const at = rest.indexOf(line)
    if (at !== -1) rest.splice(at, 1)
    return at !== -1
  }).length
}

function describeExpected({ rule, platforms, paths }: ExpectedFinding): string {
  return [rule, platforms.join(','), ...(paths ?? [])].join(' ')
}

/** Errors and warnings, and those notes that are expected; with paths where the expectation of that rule has some. */
function listFindings(findings: readonly AuditFinding[], { expected }: KnownBad): string[] {
  const isExpectedNote = ({ rule }: AuditFinding): boolean =>
    expected.some(each => each.rule === rule && each.severity === 'note')
  return findings
    .filter(finding => finding.severity !== 'note' || isExpectedNote(finding))
    .map(({ rule, platforms, paths }) => {
      const isExact = expected.some(each => each.rule === rule && each.paths !== undefined)
      return describeExpected({
        rule: rule as ExpectedFinding['rule'],
        platforms,
        ...(isExact ? { paths } : {}),
      })
    })
}
