import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ArchparityError, describeError } from '../errors.js'
import type { ReportFormat } from '../report/index.js'
import type { RunReport } from '../report/run-report.js'

/** What became of the files. One that fails never keeps another from being written. */
export interface WrittenReports {
  /** Absolute paths. */
  readonly files: readonly string[]
  readonly problems: readonly ArchparityError[]
}

/** Renders and writes each report into `directory`, which is made if need be. */
export function writeReports(
  report: RunReport,
  directory: string,
  formats: readonly ReportFormat[],
): WrittenReports {
  const written: string[] = []
  const problems: ArchparityError[] = []
  for (const { file: name, render } of formats) {
    const file = path.join(directory, name)
    try {
      const content = render(report)
      mkdirSync(directory, { recursive: true })
      writeFileSync(file, content)
      written.push(file)
    } catch (error) {
      problems.push(
        new ArchparityError(
          'REPORT_FAILED',
          `The report ${file} could not be written: ${describeError(error)}`,
          {
            hint: 'Free space or choose another place with --reports; the result above is complete all the same.',
            cause: error,
          },
        ),
      )
    }
  }
  return { files: written, problems }
}
