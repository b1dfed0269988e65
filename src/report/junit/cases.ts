import type { TestCase, TestSuite } from 'junit-report-builder'
import type { CheckRecord } from '../../compare/run-record.js'
import type { Finding } from '../../model/finding.js'
import type { RunReport } from '../run-report.js'
import { sanitizeXml } from '../sanitize.js'

/** Class and name of the test cases that a suite has so far. */
export type Names = Set<string>

/** Names a suite and says when the run began. */
export function openSuite(suite: TestSuite, name: string, report: RunReport): void {
  suite.name(clean(name))
  // The schema's form: no zone, which here always means UTC.
  const moment = report.record.startedAt?.slice(0, 19)
  suite.timestamp(
    moment !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(moment) ? moment : '1970-01-01T00:00:00',
  )
}

/** Adds a test case; class and name together are unique in a suite even where hostile names are cleaned. */
export function addCase(suite: TestSuite, names: Names, className: string, name: string): TestCase {
  const [cleanClass, cleanName] = [clean(className), clean(name)]
  let unique = cleanName
  for (let number = 2; names.has(`${cleanClass}\0${unique}`); number += 1) unique = `${cleanName} (${number})`
  names.add(`${cleanClass}\0${unique}`)
  return suite.testCase().className(cleanClass).name(unique)
}

/** The check's name without its file, with its number where a file repeats a name. */
export function nameCheck({ check }: Pick<CheckRecord, 'check'>): string {
  const prefix = `${check.file} > `
  return check.id.startsWith(prefix) ? check.id.slice(prefix.length) : check.name
}

/** One line of untrusted text, never empty. */
export function clean(text: string): string {
  const line = sanitizeXml(text, 1000).replace(/\s+/g, ' ').trim()
  return line === '' ? '(empty)' : line
}

/** Seconds, as JUnit has them. */
export function toSeconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds)) / 1000
}

/** Everything that a finding says, as text. */
export function describeFinding(finding: Finding): string {
  return [
    finding.title,
    `cause: ${finding.cause}`,
    `platforms: ${finding.platforms.join(', ')}`,
    ...finding.checks.map(check => `check: ${check}`),
    ...finding.evidence.map(one => `evidence: ${one.text}`),
    finding.advice,
    ...finding.reproduce,
  ].join('\n')
}
