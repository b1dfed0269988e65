import { isMasked } from '../../attribute/draft.js'
import type { Difference } from '../../compare/comparison.js'
import type { Finding } from '../../model/finding.js'
import { labelTargets } from '../describe-difference.js'
import { formatDuration } from '../format-duration.js'
import { isQuiet, LEGEND, listUsedMarks, markChecks, SYMBOLS } from '../marks.js'
import type { RunReport } from '../run-report.js'
import { writeBlock, writeCode, writeText } from './escape.js'

/** What GitHub takes in a comment, in characters, with room for a sentence of the caller's own. */
const MAX_LENGTH = 60_000
const MAX_ROWS = 40
const MAX_EVIDENCE = 4
const MAX_DIFF_LINES = 20
const MAX_COMMANDS = 2

const SIGNS = { parity: '✅', incomplete: '⚠️' } as const

/**
 * Renders a summary for a job's page or a comment on a merge request (GitHub Flavored Markdown): the verdict, what is
 * wrong, and the checks that did not pass everywhere. Short: what does not fit is counted.
 */
export function renderMarkdown(report: RunReport): string {
  const { record, verdict, findings } = report
  const sign = verdict.outcome in SIGNS ? SIGNS[verdict.outcome as keyof typeof SIGNS] : '❌'
  const head = [
    `## ${sign} ${writeCode(record.started?.image ?? 'unknown image')}`,
    writeText(verdict.sentence, 600),
    describeRun(report),
  ]
  const tail = renderTable(report)
  let room = MAX_LENGTH - [...head, ...tail].join('\n\n').length - 200
  const shown: string[] = []
  for (const [index, finding] of findings.entries()) {
    const text = renderFinding(finding, index + 1, report)
    if (text.length > room) break
    room -= text.length + 2
    shown.push(text)
  }
  const rest = findings.length - shown.length
  if (rest > 0) shown.push(`… and ${rest} more ${rest === 1 ? 'finding' : 'findings'} in the other reports.`)
  return `${[...head, ...shown, ...tail].join('\n\n')}\n`
}

function describeRun({ record, verdict }: RunReport): string {
  const digest = record.image === undefined ? [] : [`index ${writeCode(record.image.digest)}`]
  const { durationMs } = record.finished ?? {}
  const time = durationMs === undefined ? [] : [formatDuration(durationMs)]
  return [...digest, `${verdict.checks} checks × ${verdict.targets} targets`, ...time].join(' · ')
}

function renderFinding(finding: Finding, number: number, report: RunReport): string {
  const mask = isMasked(finding) ? ' – **an emulated test run would have shipped it**' : ''
  const cause = finding.kind === 'slow' ? 'warning' : finding.cause
  const { targets, checks } = report.record
  const lines = [
    `### ${number}. ${cause}: ${writeText(finding.title)}${mask}`,
    writeText(finding.advice, 600),
  ]
  const places = finding.checks.slice(0, 3).map(id => {
    const check = checks.find(one => one.check.id === id)?.check
    return writeCode(
      check === undefined ? id : `${check.file}${check.line === undefined ? '' : `:${check.line}`}`,
    )
  })
  if (places.length > 0)
    lines.push(`Checks: ${[...new Set(places)].join(', ')}${sayMore(finding.checks.length - 3)}`)
  const diff = renderDiff(finding, report)
  const facts = [
    ...new Set(finding.evidence.filter(one => diff === '' || one.kind !== 'value').map(one => one.text)),
  ]
  const evidence = facts.slice(0, MAX_EVIDENCE).map(text => `- ${writeCode(text, 300)}`)
  if (evidence.length > 0) lines.push(evidence.join('\n') + sayMore(facts.length - MAX_EVIDENCE, '\n- '))
  if (diff !== '') lines.push(diff)
  const on = labelTargets(finding.targets, targets)
  const commands = finding.reproduce.slice(0, MAX_COMMANDS)
  if (commands.length > 0)
    lines.push(
      `<details><summary>Reproduce${on.length === 0 ? '' : ` on ${writeText(on[0] ?? '')}`}</summary>\n\n${writeBlock(commands.join('\n'), 'sh')}\n\n</details>`,
    )
  return lines.join('\n\n')
}

const sayMore = (count: number, before = ', '): string => (count > 0 ? `${before}and ${count} more` : '')

function renderDiff(finding: Finding, { record, comparison }: RunReport): string {
  if (finding.kind !== 'difference') return ''
  const found = comparison.checks.find(one => one.check.id === finding.checks[0])
  const isConcerned = ({ classes }: Difference) =>
    classes.some(one => one.targets.some(target => finding.targets.includes(target)))
  const difference = found?.differences.find(isConcerned)
  if (difference === undefined) return ''
  const base = difference.classes.find(one => one.base)
  const other = difference.classes.find(
    one => one !== base && one.targets.some(target => finding.targets.includes(target)),
  )
  const shown = other ?? difference.classes.find(one => one !== base)
  if (base === undefined || shown === undefined) return ''
  const lines =
    shown.diff.length > 0
      ? shown.diff.slice(0, MAX_DIFF_LINES).map(({ sign, text }) => `${sign} ${text}`)
      : [`- ${base.value.split('\n', 1)[0]}`, `+ ${shown.value.split('\n', 1)[0]}`]
  const names = (ids: readonly string[]) => labelTargets(ids, record.targets).join(', ')
  const text = [`--- ${names(base.targets)}`, `+++ ${names(shown.targets)}`, ...lines].join('\n')
  return `${writeCode(`${difference.field} of ${difference.label}`)}\n\n${writeBlock(text, 'diff')}`
}

/** Checks that are not quiet, as a table; the others as a number. */
function renderTable(report: RunReport): string[] {
  const { checks, targets } = report.record
  if (checks.length === 0 || targets.length === 0) return []
  const marks = markChecks(report)
  const loud = checks.filter(check => marks.get(check)?.some(mark => !isQuiet(mark)))
  const quiet = checks.length - loud.length
  const said = `${quiet} of ${checks.length} checks passed everywhere.`
  if (loud.length === 0) return [said]
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = loud
    .slice(0, MAX_ROWS)
    .map(check =>
      row([writeCode(check.check.name, 80), ...(marks.get(check) ?? []).map(mark => SYMBOLS[mark])]),
    )
  const legend = listUsedMarks(loud.flatMap(check => [marks.get(check) ?? []]))
  return [
    [
      row(['', ...targets.map(({ label }) => writeText(label, 60))]),
      row(['---', ...targets.map(() => ':-:')]),
      ...rows,
    ].join('\n'),
    `${legend.map(mark => `${SYMBOLS[mark]} ${LEGEND[mark]}`).join(', ')}. ${said}${sayMore(loud.length - MAX_ROWS, ' ')}`,
  ]
}
