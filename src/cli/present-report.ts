import path from 'node:path'
import pc from 'picocolors'
import { ArchparityError } from '../errors.js'
import { REPORT_FORMATS } from '../report/index.js'
import type { RunReport } from '../report/run-report.js'
import { renderTerminal } from '../report/terminal/render-terminal.js'
import { EXIT } from './exit-codes.js'
import { printError } from './print-error.js'
import { writeReports } from './write-reports.js'

/**
 * Writes a report in every format into `directory`, shows it, and gives the exit code. `log` is the event log's own file, or
 * what kept it from being written.
 */
export function presentReport(
  report: RunReport,
  directory: string,
  log: { readonly file?: string; readonly problem?: string },
): number {
  const { files, problems } = writeReports(report, directory, Object.values(REPORT_FORMATS))
  const shown = [...(log.file === undefined ? [] : [log.file]), ...files].map(
    file => path.relative(process.cwd(), file) || file,
  )
  const color = process.stdout.isTTY === true && !process.env.NO_COLOR
  process.stdout.write(
    renderTerminal(report, {
      width: process.stdout.columns || 100,
      colors: pc.createColors(color),
      reports: shown,
    }),
  )
  const all =
    log.problem === undefined ? problems : [new ArchparityError('REPORT_FAILED', log.problem), ...problems]
  for (const problem of all) printError(problem)
  const code = EXIT[report.verdict.outcome]
  return code === EXIT.parity && all.length > 0 ? EXIT.incomplete : code
}
