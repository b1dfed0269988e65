import type { RunRecord } from '../compare/run-record.js'
import type { AuditEvidence, AuditFinding } from '../model/audit.js'
import type { Evidence } from '../model/finding.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import type { FindingDraft } from './draft.js'
import { quoteCommand } from './shell-quote.js'

/** Rules about the index itself, of which the run tells already: by its notes, or as lost coverage. */
const TOLD_ELSEWHERE = new Set(['config-platform', 'same-manifest', 'platform-missing'])

/**
 * Findings of the static audit. Notes are told in the reports and are no findings; a foreign program that a guard
 * saw running is told by the guard's finding (see `addForeignFiles`).
 */
export function findAuditFaults(record: RunRecord, guards: readonly FindingDraft[]): FindingDraft[] {
  return (record.audit?.findings ?? [])
    .filter(finding => finding.severity !== 'note' && !TOLD_ELSEWHERE.has(finding.rule))
    .filter(finding => !guards.some(guard => isSeenByGuard(finding, guard)))
    .map(finding => draftFinding(finding, record))
}

/** Adds to a guard's finding what the audit knows of the foreign files of the same platform. */
export function addForeignFiles(guard: FindingDraft, record: RunRecord): FindingDraft {
  const findings = (record.audit?.findings ?? []).filter(finding => isSeenByGuard(finding, guard))
  if (findings.length === 0) return guard
  const evidence = findings.flatMap(finding => [
    { kind: 'static' as const, text: describeFinding(finding), data: describeData(finding) },
    ...finding.evidence.slice(0, 3).map(describeEvidence),
  ])
  return { ...guard, evidence: [...guard.evidence, ...evidence] }
}

/** The same fault, seen twice: foreign files of just the platforms on which a foreign program ran. */
function isSeenByGuard(finding: AuditFinding, guard: FindingDraft): boolean {
  if (finding.rule !== 'foreign-elf' || guard.kind !== 'guard') return false
  const platforms = new Set(guard.targets.map(target => formatPlatform(target.platform)))
  return platforms.size === finding.platforms.length && finding.platforms.every(one => platforms.has(one))
}

function draftFinding(finding: AuditFinding, record: RunRecord): FindingDraft {
  const all = record.audit?.summaries.length ?? 0
  const everywhere = all > 0 && finding.platforms.length === all
  return {
    kind: 'audit',
    cause: everywhere ? 'image' : 'architecture',
    lead: finding.key,
    title: () => finding.title,
    checks: [],
    targets: selectByPlatform(record.targets, finding.platforms),
    platforms: finding.platforms,
    evidence: [
      { kind: 'static', text: describeFinding(finding), data: describeData(finding) },
      ...finding.evidence.map(describeEvidence),
    ],
    advice: finding.advice,
    reproduce: listAuditCommands(finding, record),
  }
}

function describeFinding(finding: AuditFinding): string {
  const [first] = finding.paths
  const more = finding.pathCount > 1 ? ` and ${finding.pathCount - 1} more` : ''
  return `static audit, ${finding.rule} (${finding.severity})${first === undefined ? '' : `: ${first}${more}`}`
}

function describeData(finding: AuditFinding): Readonly<Record<string, unknown>> {
  const { rule, severity, paths, pathCount } = finding
  return { rule, severity, paths, pathCount }
}

function describeEvidence(one: AuditEvidence): Evidence {
  const where = one.platform === undefined ? '' : `${one.platform}: `
  const { platform, path, layer, data } = one
  const facts = Object.entries({ platform, path, layer, ...data }).filter(([, value]) => value !== undefined)
  return {
    kind: 'static',
    text: `${where}${one.text}`,
    ...(facts.length === 0 ? {} : { data: Object.fromEntries(facts) }),
  }
}

function selectByPlatform(targets: readonly Target[], platforms: readonly string[]): Target[] {
  return targets.filter(target => platforms.includes(formatPlatform(target.platform)))
}

/** The audit alone needs no engine: it shows the finding anywhere. */
function listAuditCommands(finding: AuditFinding, record: RunRecord): string[] {
  const { image } = record
  if (image === undefined) return []
  const name =
    image.source === 'registry' ? `${image.repository}@${image.digest}` : (record.started?.image ?? '')
  return name === '' ? [] : [quoteCommand(['archparity', 'audit', name, '--rule', finding.rule])]
}
