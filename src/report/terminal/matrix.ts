import type { CheckRecord } from '../../compare/run-record.js'
import { isQuiet, LEGEND, listUsedMarks, type Mark, markChecks, SYMBOLS } from '../marks.js'
import type { RunReport } from '../run-report.js'
import { sanitizeLine } from '../sanitize.js'
import { measure, pad, truncateMiddle, wrap } from './layout.js'
import type { Style } from './style.js'

/** Files with more quiet checks than this show them as one row. */
const MAX_QUIET_ROWS = 6
const MAX_NAME = 70
const MIN_NAME = 24

/** The matrix checks × targets, with a legend of the symbols that occur. Headings have one line or two. */
export function renderMatrix(
  report: RunReport,
  heads: readonly (readonly string[])[],
  style: Style,
): string[] {
  const { record } = report
  if (record.checks.length === 0 || record.targets.length === 0) return []
  const marks = markChecks(report)
  const widths = heads.map(head => Math.max(3, ...head.map(measure)))
  const taken = widths.reduce((sum, width) => sum + width + 1, 0)
  const longest = Math.max(...record.checks.map(check => measure(sanitizeLine(check.check.name)) + 2))
  const nameWidth = Math.max(MIN_NAME, Math.min(longest, MAX_NAME, style.width - taken - 1))
  const depth = Math.max(...heads.map(head => head.length))
  const lines = Array.from({ length: depth }, (_, index) => {
    const cells = heads.map((head, i) => center(head[index] ?? '', widths[i] ?? 3))
    return `${' '.repeat(nameWidth)} ${cells.join(' ')}`.trimEnd()
  })
  const row = (name: string, cells: readonly Mark[]) => {
    const shown = cells.map((mark, i) => center(paint(mark, style), widths[i] ?? 3, 1)).join(' ')
    return `${pad(truncateMiddle(name, nameWidth), nameWidth)} ${shown}`.trimEnd()
  }
  for (const [file, checks] of groupByFile(record.checks)) {
    lines.push(style.colors.dim(truncateMiddle(sanitizeLine(file), style.width)))
    const quiet = checks.filter(check => marks.get(check)?.every(isQuiet))
    const collapse = quiet.length > MAX_QUIET_ROWS
    for (const check of checks) {
      if (!collapse || !quiet.includes(check))
        lines.push(row(`  ${sanitizeLine(check.check.name)}`, marks.get(check) ?? []))
    }
    if (collapse) {
      const other =
        quiet.length === checks.length ? `all ${quiet.length} checks` : `${quiet.length} other checks`
      lines.push(
        row(
          `  ${other}`,
          record.targets.map((_, index) =>
            quiet.some(check => marks.get(check)?.[index] === 'passed') ? 'passed' : 'elsewhere',
          ),
        ),
      )
    }
  }
  const legend = listUsedMarks(marks.values())
  if (legend.some(mark => mark !== 'passed')) {
    const text = legend.map(mark => `${SYMBOLS[mark]} ${LEGEND[mark]}`).join(', ')
    lines.push(...wrap(text, style.width).map(line => style.colors.dim(line)))
  }
  return lines
}

function paint(mark: Mark, { colors }: Style): string {
  const symbol = SYMBOLS[mark]
  if (mark === 'passed') return colors.green(symbol)
  if (mark === 'declared') return colors.green(symbol)
  if (mark === 'skipped' || mark === 'elsewhere') return colors.dim(symbol)
  return mark === 'failed' || mark === 'guard' ? colors.red(symbol) : colors.yellow(symbol)
}

/** Centres a text of a known length, which colour codes do not count to. */
function center(text: string, width: number, length = measure(text)): string {
  const left = Math.floor((width - length) / 2)
  return `${' '.repeat(Math.max(0, left))}${text}${' '.repeat(Math.max(0, width - length - left))}`
}

function groupByFile(checks: readonly CheckRecord[]): ReadonlyMap<string, CheckRecord[]> {
  const files = new Map<string, CheckRecord[]>()
  for (const check of checks) files.set(check.check.file, [...(files.get(check.check.file) ?? []), check])
  return files
}
