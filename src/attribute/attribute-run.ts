import type { Comparison } from '../compare/comparison.js'
import type { RunRecord } from '../compare/run-record.js'
import type { Cause, Finding } from '../model/finding.js'
import { compareText, formatPlatform } from '../model/platform.js'
import { addForeignFiles, findAuditFaults } from './audit.js'
import { findDifferences } from './differences.js'
import { isMasked, mergeDrafts } from './draft.js'
import { findFailures } from './failures.js'
import { findFlaky } from './flaky.js'
import { findGuards } from './guard.js'
import { findHostFaults } from './hosts.js'
import { findMetadataFaults } from './metadata.js'
import { findSlow } from './slow.js'

/**
 * Says of everything that is wrong in a run whose fault it is, most serious first. Never guesses: what the evidence
 * does not decide is `unattributed`, with what would decide it.
 */
export function attributeRun(record: RunRecord, comparison: Comparison): Finding[] {
  const guards = findGuards(record)
  const world = { record, comparison, isExplained: guards.isExplained }
  const drafts = [
    ...guards.drafts.map(draft => addForeignFiles(draft, record)),
    ...findFailures(world),
    ...findDifferences(world),
    ...findFlaky(world),
    ...findSlow(world),
    ...findMetadataFaults(record),
    ...findAuditFaults(record, guards.drafts),
    ...findHostFaults(record),
  ]
  const names = new Map(record.checks.map(({ check }) => [check.id, check.name]))
  return orderFindings(mergeDrafts(drafts, names), record)
}

const CAUSE_ORDER: readonly Cause[] = [
  'architecture',
  'image',
  'unattributed',
  'emulation',
  'nondeterminism',
  'host',
]

/** Masked by emulation, guards, then by cause; inside that static errors first, static warnings last, by platform and title. */
function orderFindings(findings: readonly Finding[], record: RunRecord): Finding[] {
  const platforms = [
    ...(record.image?.platforms ?? []).map(entry => formatPlatform(entry.platform)),
    ...record.targets.map(target => formatPlatform(target.platform)),
  ]
  const rank = (finding: Finding) => {
    if (isMasked(finding)) return 0
    if (finding.kind === 'guard') return 1
    // What gave no verdict comes last, whoever is to blame.
    if (finding.kind === 'slow') return 3 + CAUSE_ORDER.length
    return finding.kind === 'host' ? 2 + CAUSE_ORDER.length : 2 + CAUSE_ORDER.indexOf(finding.cause)
  }
  const place = (finding: Finding) => {
    const index = platforms.indexOf(finding.platforms[0] ?? '')
    return index < 0 ? platforms.length : index
  }
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      weighAudit(a) - weighAudit(b) ||
      place(a) - place(b) ||
      compareText(a.title, b.title) ||
      compareText(a.key, b.key),
  )
}

/** What the audit calls an error explains the checks that it breaks; its warnings are worth less than a failed check. */
function weighAudit(finding: Finding): number {
  if (finding.kind !== 'audit') return 1
  return finding.evidence[0]?.data?.severity === 'error' ? 0 : 2
}
