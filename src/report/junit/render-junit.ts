import builderModule, { type Builder } from 'junit-report-builder'
import { isMasked } from '../../attribute/draft.js'
import { losesCoverage, measureLoss } from '../../compare/measure-loss.js'
import type { AuditSummary } from '../../model/audit.js'
import type { Finding } from '../../model/finding.js'
import { listStaleDeclarations } from '../describe-declared.js'
import { describeDifference } from '../describe-difference.js'
import type { RunReport } from '../run-report.js'
import { sanitizeXml } from '../sanitize.js'
import { addCase, clean, describeFinding, type Names, nameCheck, openSuite, toSeconds } from './cases.js'
import { addTarget } from './target-suite.js'

// The package is CommonJS without `default`, its types say otherwise.
const junit = builderModule as unknown as Builder

/**
 * Renders JUnit XML: a suite for each target, one that compares them, one for what could not be run. Assertions and
 * the guard give `<failure>`, anything else without a verdict or thrown gives `<error>`. Times are UTC.
 */
export function renderJunit(report: RunReport): string {
  const document = junit.newBuilder().name('archparity')
  addMasked(document, report)
  const taken = new Set<string>(OWN_SUITES)
  for (const target of report.record.targets) {
    const name = taken.has(target.label) ? target.id : target.label
    taken.add(name)
    addTarget(document.testSuite(), target, name, report)
  }
  addAudit(document, report)
  addComparison(document, report)
  addCoverage(document, report)
  return `${document.build()}\n`
}

const MASKED = 'masked by emulation'
/** Suites that are no target's. */
const OWN_SUITES = [MASKED, 'audit', 'comparison', 'coverage']

/** What emulation hides stands before everything else: an emulated test run would have shipped it. */
function addMasked(document: Builder, report: RunReport): void {
  const findings = report.findings.filter(isMasked)
  if (findings.length === 0) return
  const suite = document.testSuite()
  openSuite(suite, MASKED, report)
  suite.time(0)
  const names: Names = new Set()
  for (const finding of findings) {
    addCase(suite, names, `masked.${finding.kind}`, finding.title)
      .time(0)
      .failure(clean(`${finding.cause}: ${finding.title}`), MASKED)
      .stacktrace(sanitizeXml(describeFinding(finding)))
  }
}

/** Findings that no other test case shows. */
const SHOWN_AS_CASES: readonly Finding['kind'][] = ['guard', 'flaky', 'metadata']

function addComparison(document: Builder, report: RunReport): void {
  const suite = document.testSuite()
  openSuite(suite, 'comparison', report)
  suite.time(0)
  const names: Names = new Set()
  for (const comparison of report.comparison.checks) {
    const { check, compared, differences, declared, masks } = comparison
    const test = addCase(suite, names, `comparison.${check.file}`, nameCheck({ check }))
      .time(0)
      .file(clean(check.file))
    if (compared.length < 2) {
      test.skipped().standardOutput('not compared: fewer than two targets decided this check')
      continue
    }
    const masked = masks.map(
      mask =>
        `not compared (${mask.reason}): ${mask.field} of ${mask.label}${mask.reason === 'kept-part' ? ` ${mask.what[0] ?? ''}` : ''}`,
    )
    const legitimate = declared.map(
      ({ difference, reason }) =>
        `declared (${reason}): ${describeDifference(difference, report.record.targets)}`,
    )
    const told = [...legitimate, ...masked]
    if (told.length > 0) test.standardOutput(sanitizeXml(told.join('\n')))
    if (differences.length === 0) continue
    const texts = differences.map(difference => describeDifference(difference, report.record.targets))
    const fields = differences.map(difference => `${difference.field} of ${difference.label}`)
    test
      .failure(clean(`differs: ${fields.join('; ')}`), 'difference')
      .stacktrace(sanitizeXml(texts.join('\n\n')))
  }
  const stale = listStaleDeclarations(report.comparison)
  if (stale.length > 0) {
    const test = addCase(suite, names, 'comparison.settings', 'declared differences').time(0)
    test.standardOutput(sanitizeXml(stale.join('\n')))
  }
  for (const finding of report.findings) {
    if (!SHOWN_AS_CASES.includes(finding.kind)) continue
    const test = addCase(suite, names, 'comparison.findings', finding.title).time(0)
    test
      .failure(clean(`${finding.cause}: ${finding.title}`), finding.kind)
      .stacktrace(sanitizeXml(describeFinding(finding)))
  }
}

/** The static audit: a case that says what was read, and one for each thing that it found. */
function addAudit(document: Builder, report: RunReport): void {
  const { audit } = report.record
  if (audit === undefined) return
  const suite = document.testSuite()
  openSuite(suite, 'audit', report)
  suite.time(toSeconds(audit.finished?.durationMs ?? 0))
  const names: Names = new Set()
  const read = addCase(suite, names, 'audit.layers', 'every layer was read').time(0)
  const { finished } = audit
  if (finished === undefined) read.error('the audit did not finish', 'audit')
  else if (finished.error !== undefined) read.error(clean(finished.error.message), finished.error.code)
  else read.standardOutput(sanitizeXml(audit.summaries.map(describeSummary).join('\n')))
  for (const finding of report.findings) {
    if (finding.kind !== 'audit') continue
    const rule = String(finding.evidence[0]?.data?.rule ?? 'audit')
    const test = addCase(suite, names, `audit.${rule}`, finding.title).time(0)
    test
      .failure(clean(`${finding.cause}: ${finding.title}`), rule)
      .stacktrace(sanitizeXml(describeFinding(finding)))
  }
}

function describeSummary(summary: AuditSummary): string {
  const packages = Object.entries(summary.packages).map(([kind, count]) => `, ${count} ${kind} packages`)
  return `${summary.platform}: ${summary.layers} layers, ${summary.files} files, ${summary.elfFiles} of them ELF${packages.join('')}`
}

/** What nothing ran shows as errors, so that a dashboard never takes it for success. */
function addCoverage(document: Builder, report: RunReport): void {
  const { record } = report
  const runError = record.finished?.reason === 'completed' ? undefined : describeEnd(report)
  if (record.lost.length === 0 && record.hostLosses.length === 0 && runError === undefined) return
  const suite = document.testSuite()
  openSuite(suite, 'coverage', report)
  suite.time(0)
  const names: Names = new Set()
  for (const lost of record.lost) {
    const test = addCase(suite, names, 'coverage.platforms', lost.platform).time(0)
    if (lost.intended) test.skipped().standardOutput(sanitizeXml(`left out on request: ${lost.reason}`))
    else if (lost.coveredBy !== undefined)
      test.skipped().standardOutput(sanitizeXml(`ran as ${lost.coveredBy}: ${lost.reason}`))
    else
      test.error(
        clean(lost.reason),
        lost.code,
        sanitizeXml([lost.reason, lost.fix].filter(Boolean).join('\n')),
      )
  }
  for (const loss of record.hostLosses) {
    const test = addCase(suite, names, 'coverage.hosts', loss.host).time(0)
    const cost = measureLoss(record, loss)
    if (losesCoverage(loss, cost)) {
      const details = [loss.message, loss.hint].filter(Boolean).join('\n')
      test.error(clean(loss.message), loss.code ?? 'host-lost', sanitizeXml(details))
    } else {
      const instead = cost.elsewhere > 0 ? `; its checks ran on ${cost.elsewhereOn.join(', ')}` : ''
      test.standardOutput(sanitizeXml(`lost, without loss of coverage${instead}: ${loss.message}`))
    }
  }
  if (runError !== undefined)
    addCase(suite, names, 'coverage.run', 'run').time(0).error(clean(runError), 'run')
}

function describeEnd(report: RunReport): string {
  const { finished } = report.record
  if (finished === undefined) return 'the run ended without finishing its event log'
  return finished.error?.message ?? 'the run was interrupted'
}
