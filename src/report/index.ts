import { renderJson } from './json.js'
import { renderJunit } from './junit/render-junit.js'
import { renderMarkdown } from './markdown/render-markdown.js'
import type { RunReport } from './run-report.js'

/** One kind of report file. */
export interface ReportFormat {
  /** Default name of the file. */
  readonly file: string
  readonly description: string
  readonly render: (report: RunReport) => string
}

/** The reports that a run writes beside its event log: a new format is one file and one line here. */
export const REPORT_FORMATS = {
  junit: { file: 'junit.xml', description: 'JUnit XML for CI systems', render: renderJunit },
  json: {
    file: 'report.json',
    description: 'everything that came of the run, for machines',
    render: renderJson,
  },
  markdown: {
    file: 'summary.md',
    description: 'a summary for job pages and merge requests (GitHub Flavored Markdown)',
    render: renderMarkdown,
  },
} as const satisfies Record<string, ReportFormat>

export type ReportFormatName = keyof typeof REPORT_FORMATS
