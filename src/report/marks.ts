import { findGuards } from '../attribute/guard.js'
import type { CheckRecord } from '../compare/run-record.js'
import { isDecided } from '../compare/settle-results.js'
import { findSiblings } from '../compare/siblings.js'
import type { RunReport } from './run-report.js'

/** What a cell of the matrix says. */
export type Mark =
  | 'passed'
  | 'failed'
  | 'errored'
  | 'inconclusive'
  | 'skipped'
  | 'differs'
  | 'declared'
  | 'flaky'
  | 'guard'
  | 'elsewhere'

/** One character each, the same in every report. */
export const SYMBOLS: Readonly<Record<Mark, string>> = {
  passed: '✓',
  failed: '✗',
  guard: '▲',
  differs: '≠',
  declared: '≈',
  flaky: '~',
  errored: '!',
  inconclusive: '?',
  skipped: '-',
  elsewhere: '·',
}

export const LEGEND: Readonly<Record<Mark, string>> = {
  passed: 'passed',
  failed: 'failed',
  guard: 'ran a foreign program',
  differs: 'passed, but differs',
  declared: 'differs or fails as declared',
  flaky: 'passed on a retry',
  errored: 'errored',
  inconclusive: 'inconclusive',
  skipped: 'skipped',
  elsewhere: 'ran on another host of the platform',
}

/** What the matrix says of each check, one mark a target. */
export function markChecks(report: RunReport): ReadonlyMap<CheckRecord, readonly Mark[]> {
  const { isExplained } = findGuards(report.record)
  return new Map(report.record.checks.map(check => [check, listMarks(check, report, isExplained)]))
}

/** The marks that occur, most usual first. */
export function listUsedMarks(marks: Iterable<readonly Mark[]>): Mark[] {
  const used = new Set([...marks].flat())
  return (Object.keys(SYMBOLS) as Mark[]).filter(mark => used.has(mark))
}

function listMarks(
  check: CheckRecord,
  report: RunReport,
  isGuarded: (check: string, target: string) => boolean,
): Mark[] {
  const { id: checkId } = check.check
  const comparison = report.comparison.checks.find(one => one.check.id === checkId)
  const differing = report.findings.filter(one => one.kind === 'difference' && one.checks.includes(checkId))
  const { targets } = report.record
  const ranElsewhere = (id: string) => {
    const target = targets.find(one => one.id === id)
    const siblings = target === undefined ? [] : findSiblings(target, targets)
    return siblings.some(sibling => isDecided(check.results.get(sibling.id)))
  }
  const isDeclared = (id: string) =>
    comparison?.declared.some(({ difference }) =>
      difference.classes.some(one => !one.base && one.targets.includes(id)),
    ) === true
  return targets.map(({ id }): Mark => {
    const result = check.results.get(id)
    if (result === undefined) return 'skipped'
    const { status } = result
    const decided = status === 'passed' || status === 'failed'
    if (decided && isGuarded(checkId, id)) return 'guard'
    if (status === 'skipped' && ranElsewhere(id)) return 'elsewhere'
    if (comparison?.declaredFailures.has(id) === true) return 'declared'
    if (status !== 'passed') return status
    if (differing.some(finding => finding.targets.includes(id))) return 'differs'
    if (isDeclared(id)) return 'declared'
    return result.flaky || comparison?.unstable?.target === id ? 'flaky' : 'passed'
  })
}

/** Whether there is nothing to say of a result. */
export function isQuiet(mark: Mark): boolean {
  return mark === 'passed' || mark === 'elsewhere'
}
