import { attributeRun } from '../attribute/attribute-run.js'
import { compareRun } from '../compare/compare-run.js'
import type { Comparison } from '../compare/comparison.js'
import { buildRunRecord, type RunRecord } from '../compare/run-record.js'
import type { LoggedEvent } from '../model/events.js'
import type { Finding } from '../model/finding.js'
import { judgeRun, type Verdict } from './verdict.js'

/** Everything that a report can show of a run; all formats render this. */
export interface RunReport {
  readonly record: RunRecord
  readonly comparison: Comparison
  /** Most serious first. */
  readonly findings: readonly Finding[]
  readonly verdict: Verdict
  /** What made the event log. */
  readonly tool: { readonly name: 'archparity'; readonly version: string; readonly node: string }
  /** What could not be read of the event log. */
  readonly damage: readonly string[]
}

/** Makes the report of a run from its events: the same events give the same report. */
export function buildRunReport(events: readonly LoggedEvent[], damage: readonly string[] = []): RunReport {
  const record = buildRunRecord(events)
  const comparison = compareRun(record)
  const findings = attributeRun(record, comparison)
  const declared = {
    failures: comparison.checks.reduce((sum, check) => sum + check.declaredFailures.size, 0),
    differences: comparison.checks.reduce((sum, check) => sum + check.declared.length, 0),
  }
  const verdict = judgeRun(record, findings, declared)
  const tool = {
    name: 'archparity' as const,
    version: record.started?.archparity ?? 'unknown',
    node: record.started?.node ?? 'unknown',
  }
  return { record, comparison, findings, verdict, tool, damage }
}
