import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { LoggedEvent } from '../../src/model/events.js'
import type { Finding } from '../../src/model/finding.js'
import { createProject, runCli } from '../lab/cli.js'

/** What a user has after `archparity run`: the exit code, what was printed, and the reports. */
export interface SuitesRun {
  readonly exitCode: number | undefined
  /** Standard output, then standard error. */
  readonly output: string
  readonly events: readonly LoggedEvent[]
  readonly junit: string
  readonly report: {
    readonly findings: readonly Finding[]
    readonly verdict: { readonly counts: Record<string, number> }
  }
  /** Labels of the targets, sorted. */
  readonly targets: readonly string[]
  /** The findings, as far as a user acts on them. */
  readonly findings: readonly Pick<Finding, 'kind' | 'cause' | 'platforms'>[]
}

/** Runs the real command line on an image in a project of its own that holds one suite file, or none. */
export async function runSuites(
  image: string,
  suite: string | undefined,
  flags: readonly string[] = [],
  config?: string,
): Promise<SuitesRun> {
  const project = await createProject({
    ...(suite === undefined ? {} : { suites: { 'app.suite.ts': suite } }),
    ...(config === undefined ? {} : { config }),
  })
  const result = await runCli(['run', image, ...flags], { cwd: project.directory, timeoutMs: 240_000 })
  const read = (name: string) => readFile(path.join(project.directory, 'reports', name), 'utf8')
  const events = (await read('run.jsonl'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as LoggedEvent)
  const report = JSON.parse(await read('report.json')) as SuitesRun['report']
  return {
    exitCode: result.exitCode,
    output: `${result.stdout}\n${result.stderr}`,
    events,
    junit: await read('junit.xml'),
    report,
    targets: events.flatMap(event => (event.type === 'target-planned' ? [event.target.label] : [])).sort(),
    findings: report.findings.map(({ kind, cause, platforms }) => ({ kind, cause, platforms })),
  }
}
