import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ArchparityError, describeError } from '../errors.js'
import type { RunReport } from '../report/run-report.js'

/** A report file: its name in the reports directory, and what makes its content. */
export interface ReportFile {
  readonly name: string
  readonly render: (report: RunReport) => string
}

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
  files: readonly ReportFile[],
): WrittenReports {
  const written: string[] = []
  const problems: ArchparityError[] = []
  for (const { name, render } of files) {
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
