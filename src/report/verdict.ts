import { isErrorOfLoss, losesCoverage, measureLoss } from '../compare/measure-loss.js'
import type { RunRecord } from '../compare/run-record.js'
import { ArchparityError, type ErrorCategory, type ErrorCode } from '../errors.js'
import type { Finding } from '../model/finding.js'
import { formatPlatform } from '../model/platform.js'
import { STATUSES, type Status } from '../model/status.js'

/** How a run ended, most serious first. */
export type Outcome = 'usage' | 'interrupted' | 'failed' | 'incomplete' | 'parity'

/** The one answer of a run, with everything that speaks against parity. */
export interface Verdict {
  readonly outcome: Outcome
  /** The answer in one sentence. */
  readonly sentence: string
  /** Each reason against parity, most serious first; empty for parity. */
  readonly reasons: readonly Reason[]
  /** Results of checks × targets by status. */
  readonly counts: Readonly<Record<Status, number>>
  readonly checks: number
  readonly targets: number
}

export interface Reason {
  readonly outcome: Exclude<Outcome, 'parity'>
  readonly text: string
}

/** What the user, or a check, calls legitimate. */
export interface DeclaredCounts {
  readonly failures: number
  readonly differences: number
}

const NONE: DeclaredCounts = { failures: 0, differences: 0 }

const OUTCOMES: readonly Outcome[] = ['usage', 'interrupted', 'failed', 'incomplete', 'parity']

/** Judges a run. Failures that are declared do not speak against parity. Without a single check that decided on some target there is never parity. */
export function judgeRun(
  record: RunRecord,
  findings: readonly Finding[],
  declared: DeclaredCounts = NONE,
): Verdict {
  const counts = countStatuses(record)
  const reasons = [
    ...listUsageErrors(record),
    ...listInterruptions(record),
    ...listFaults(findings, counts.failed - declared.failures),
  ]
  reasons.push(...listLosses(record, counts))
  const ordered = [...reasons].sort((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome))
  const outcome = ordered[0]?.outcome ?? 'parity'
  const shape = { checks: record.checks.length, targets: record.targets.length }
  const sentence = outcome === 'parity' ? sayParity(record, declared) : sayReasons(outcome, ordered)
  return { outcome, sentence, reasons: ordered, counts, ...shape }
}

function countStatuses(record: RunRecord): Record<Status, number> {
  const counts = Object.fromEntries(STATUSES.map(status => [status, 0])) as Record<Status, number>
  for (const check of record.checks) for (const result of check.results.values()) counts[result.status] += 1
  return counts
}

function listUsageErrors(record: RunRecord): Reason[] {
  const broken = record.suiteErrors.filter(
    error => (error.code === 'suite-broken' || error.code === 'suite-empty') && !isErrorOfLoss(error, record),
  )
  const files = [...new Set(broken.map(error => error.file))].sort()
  const reasons: Reason[] = files.map(file => {
    const error = broken.find(one => one.file === file)
    const what = error?.code === 'suite-empty' ? 'has no checks' : 'cannot be loaded'
    return { outcome: 'usage', text: `suite ${file} ${what}` }
  })
  const error = record.finished?.reason === 'error' ? record.finished.error : undefined
  if (error === undefined) return reasons
  const category = findCategory(error.code)
  const outcome = category === 'coverage' ? 'incomplete' : 'usage'
  return [...reasons, { outcome, text: error.message }]
}

/** A code that this version does not know is a fault of archparity's own. */
function findCategory(code: string): ErrorCategory {
  return new ArchparityError(code as ErrorCode, '').category ?? 'internal'
}

function listInterruptions(record: RunRecord): Reason[] {
  if (record.finished === undefined) {
    return [{ outcome: 'incomplete', text: 'the run ended without finishing its event log' }]
  }
  if (record.finished.reason !== 'interrupted') return []
  return [{ outcome: 'interrupted', text: 'the run was interrupted' }]
}

function listFaults(findings: readonly Finding[], failed: number): Reason[] {
  const reasons: Reason[] = []
  if (failed > 0) reasons.push({ outcome: 'failed', text: `${count(failed, 'result')} failed` })
  const serious = findings.filter(finding => finding.kind !== 'host').length
  if (serious > 0) reasons.push({ outcome: 'failed', text: count(serious, 'finding') })
  return reasons
}

function listLosses(record: RunRecord, counts: Readonly<Record<Status, number>>): Reason[] {
  const texts: string[] = []
  const lost = record.lost.filter(one => !one.intended && one.coveredBy === undefined)
  if (lost.length > 0) texts.push(`${count(new Set(lost.map(one => one.platform)).size, 'platform')} not run`)
  texts.push(...describeHostLosses(record))
  if (counts.errored > 0) texts.push(`${count(counts.errored, 'result')} errored`)
  if (counts.inconclusive > 0) texts.push(`${count(counts.inconclusive, 'result')} inconclusive`)
  const gone = record.suiteErrors.filter(
    error => (error.code === 'worker-lost' || error.code === 'unhandled') && !isErrorOfLoss(error, record),
  )
  if (gone.length > 0 && counts.errored === 0)
    texts.push(`${count(gone.length, 'suite')} ended without a verdict`)
  const unread = record.audit?.finished?.error
  if (unread !== undefined) texts.push(`the static audit did not finish: ${unread.message}`)
  if (counts.passed + counts.failed === 0) texts.push('no check ran to a verdict on any platform')
  return texts.map(text => ({ outcome: 'incomplete', text }))
}

/** Hosts whose loss left something undecided, by when it happened. What other hosts ran instead is no loss. */
function describeHostLosses(record: RunRecord): string[] {
  const losses = record.hostLosses.filter(loss => losesCoverage(loss, measureLoss(record, loss)))
  const describe = (phase: 'start' | 'run', what: string) => {
    const concerned = losses.filter(loss => (loss.phase ?? 'run') === phase)
    const names = [...new Set(concerned.map(loss => loss.host))]
    if (names.length === 0) return []
    return [names.length === 1 ? `host ${names[0]} ${what}` : `hosts ${names.join(', ')} ${what}`]
  }
  return [...describe('start', 'could not be reached'), ...describe('run', 'lost during the run')]
}

function sayParity(record: RunRecord, { failures, differences }: DeclaredCounts): string {
  const platforms = new Set(record.targets.map(target => formatPlatform(target.platform))).size
  const checks = record.checks.length
  const legitimate = failures + differences
  const apart = legitimate === 0 ? '' : `, apart from ${count(legitimate, 'declared difference')}`
  if (platforms === 1)
    return `${count(checks, 'check')} passed on one platform; there was no other to compare with.`
  return `Parity: ${count(checks, 'check')} ${checks === 1 ? 'behaves' : 'behave'} the same on ${platforms} platforms${apart}.`
}

const HEADINGS: Readonly<Record<Exclude<Outcome, 'parity'>, string>> = {
  usage: 'Not usable',
  interrupted: 'Interrupted',
  failed: 'No parity',
  incomplete: 'Incomplete',
}

function sayReasons(outcome: Outcome, reasons: readonly Reason[]): string {
  if (outcome === 'parity') return ''
  const texts = [...new Set(reasons.map(reason => reason.text.replace(/\.$/, '')))]
  return `${HEADINGS[outcome]}: ${texts.join('; ')}.`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
