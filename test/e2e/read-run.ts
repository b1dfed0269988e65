import { readFileSync } from 'node:fs'
import type { LoggedEvent } from '../../src/model/events.js'
import type { Finding } from '../../src/model/finding.js'
import type { LostCoverage } from '../../src/model/target.js'
import type { Project } from '../lab/cli.js'

/** What tests read of report.json. */
export interface RunReport {
  readonly findings: readonly Finding[]
  readonly verdict: { readonly outcome: string; readonly counts: Readonly<Record<string, number>> }
  readonly targets: readonly { readonly label: string; readonly host: string; readonly execution: string }[]
}

export const readReport = (project: Project): RunReport =>
  JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))

/** The run's events, as far as they have been written. */
export const readEvents = (project: Project): LoggedEvent[] =>
  readFileSync(project.find('reports', 'run.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

export const listLost = (events: readonly LoggedEvent[]): LostCoverage[] =>
  events.flatMap(event => (event.type === 'coverage-lost' ? [event.lost] : []))
