import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ArchparityError, describeError } from '../errors.js'
import { mergeLogs } from '../merge/merge-logs.js'
import type { NamedLog } from '../merge/named-log.js'
import type { LoggedEvent } from '../model/events.js'
import { parseEventLog } from '../report/log-reader.js'
import { buildRunReport } from '../report/run-report.js'
import { presentReport } from './present-report.js'

/** Flags of `report`. */
export interface ReportFlags {
  readonly reports: string
  readonly mixed?: boolean
  readonly allowMissing?: boolean
}

/** `archparity report`: renders a run's event log again, or makes one verdict of those of several jobs. */
export function reportCommand(files: readonly string[], flags: ReportFlags): number {
  const logs = nameLogs(files).map(({ name, file }) => ({ name, file, ...readLogFile(file) }))
  const events = mergeLogs(logs, flags)
  const damage = logs.flatMap(({ name, damage }) =>
    damage.map(each => (logs.length === 1 ? each : `${name}: ${each}`)),
  )
  const directory = path.resolve(flags.reports)
  const written = logs.length === 1 ? {} : writeLog(events, directory, files)
  return presentReport(buildRunReport(events, damage), directory, written)
}

/** By their files; `amd64/run.jsonl` is called `amd64`. */
function nameLogs(files: readonly string[]): { name: string; file: string }[] {
  const taken = new Set<string>()
  return files.map(file => {
    const base = path.basename(file).replace(/\.jsonl$/, '')
    const parent = path.basename(path.dirname(path.resolve(file)))
    const wanted = base === 'run' && parent !== '' ? parent : base
    let name = wanted
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`
    taken.add(name)
    return { name, file }
  })
}

function readLogFile(file: string): { events: NamedLog['events']; damage: readonly string[] } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ArchparityError('LOG_INVALID', `${file} cannot be read: ${describeError(error)}`, {
      hint: 'Give the run.jsonl that a run wrote.',
      details: { file },
      cause: error,
    })
  }
  try {
    return parseEventLog(text)
  } catch (error) {
    if (!(error instanceof ArchparityError)) throw error
    throw new ArchparityError(error.code, `${file}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      details: { file },
      cause: error,
    })
  }
}

/** The merged log beside the reports, but never over one of those that it is made of. */
function writeLog(
  events: readonly LoggedEvent[],
  directory: string,
  files: readonly string[],
): { file?: string; problem?: string } {
  const file = path.join(directory, 'run.jsonl')
  if (existsSync(file) && files.some(each => realpathSync(each) === realpathSync(file))) return {}
  try {
    mkdirSync(directory, { recursive: true })
    writeFileSync(file, events.map(event => `${JSON.stringify(event)}\n`).join(''))
    return { file }
  } catch (error) {
    return { problem: `The merged event log ${file} could not be written: ${describeError(error)}` }
  }
}
