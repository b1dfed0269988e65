import type { AuditFinding, AuditSummary, Severity } from '../../model/audit.js'
import type { ResolvedImage } from '../../model/image.js'

/** What the static audit of one image came to; every format of it renders this. */
export interface AuditReport {
  readonly image: ResolvedImage
  /** In the image's order. */
  readonly summaries: readonly AuditSummary[]
  /** In the order of reports. */
  readonly findings: readonly AuditFinding[]
  readonly layers: { readonly read: number; readonly cached: number }
  /** Milliseconds. */
  readonly durationMs: number
}

/** Version of `archparity audit --json`. */
export const AUDIT_REPORT_VERSION = 1

/** Renders the report for machines: everything, as JSON with a line break at its end. */
export function renderAuditJson(report: AuditReport): string {
  const { image, summaries, findings, layers, durationMs } = report
  const { reference, repository, digest, kind, source, notes } = image
  const document = {
    version: AUDIT_REPORT_VERSION,
    image: { reference, repository, digest, kind, source, notes },
    platforms: summaries,
    findings,
    counts: countSeverities(findings),
    layers,
    durationMs,
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** How many findings there are of each severity. */
export function countSeverities(findings: readonly AuditFinding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) => findings.filter(finding => finding.severity === severity).length
  return { error: count('error'), warning: count('warning'), note: count('note') }
}

/** Whether the audit speaks against parity: a note never does. */
export function hasFaults(findings: readonly AuditFinding[]): boolean {
  return findings.some(finding => finding.severity !== 'note')
}
