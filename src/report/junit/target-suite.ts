import type { TestCase, TestSuite } from 'junit-report-builder'
import { type CheckRecord, type CheckResult, lastAttempt } from '../../compare/run-record.js'
import type { CheckError } from '../../model/check.js'
import type { Target } from '../../model/target.js'
import type { RunReport } from '../run-report.js'
import { sanitizeXml } from '../sanitize.js'
import { addCase, clean, type Names, nameCheck, openSuite, toSeconds } from './cases.js'
import { describeObservations } from './observed.js'

/** Fills the suite of one target: its facts as properties, and a case for each of its checks. */
export function addTarget(suite: TestSuite, target: Target, name: string, report: RunReport): void {
  const { record } = report
  openSuite(suite, name, report)
  for (const [property, value] of listProperties(target, report)) suite.property(property, clean(value))
  const names: Names = new Set()
  let time = 0
  for (const check of record.checks) {
    const result = check.results.get(target.id)
    if (result === undefined) continue
    const test = addCase(suite, names, `${name}.${check.check.file}`, nameCheck(check))
    test.time(toSeconds(result.durationMs)).file(clean(check.check.file))
    time += result.durationMs
    const declared = report.comparison.checks
      .find(one => one.check.id === check.check.id)
      ?.declaredFailures.get(target.id)
    if (declared === undefined) fillResult(test, result)
    else test.skipped()
    const why = declared === undefined ? '' : `failed, as declared: ${declared.reason}\n`
    test.standardOutput(sanitizeXml(`${why}${describeCase(check, result, target)}`))
  }
  const files = new Set(record.checks.map(check => check.check.file))
  for (const error of record.suiteErrors) {
    if (error.target !== target.id || files.has(error.file)) continue
    const test = addCase(suite, names, `${name}.${error.file}`, error.file)
    test.time(0).error(clean(error.message), error.code, sanitizeXml(error.stack ?? error.message))
  }
  suite.time(toSeconds(time))
}

function listProperties(target: Target, report: RunReport): [string, string][] {
  const { image, hosts, started } = report.record
  const host = hosts.find(one => one.name === target.host)
  const { emulator } = target
  const properties: [string, string | undefined][] = [
    ['run', started?.runId],
    ['image', image?.reference ?? started?.image],
    ['index', image?.digest],
    ['target', target.id],
    [
      'platform',
      [target.platform.os, target.platform.architecture, target.platform.variant].filter(Boolean).join('/'),
    ],
    ['digest', target.digest],
    ['reference', target.reference ? 'true' : 'false'],
    ['host', target.host],
    ['execution', target.execution],
    ['emulator', emulator?.name],
    ['emulator-version', emulator?.version],
    ['emulator-flags', emulator?.flags],
    ['cpu', emulator === undefined ? host?.cpuModel : emulator.cpu],
    ['slowdown', target.slowdown?.toString()],
    ['kernel', host?.kernel],
    ['engine', host && `${host.engine.name} ${host.engine.version}`],
    ['endpoint', host?.kind === undefined || host.kind === 'local' ? undefined : host.endpoint],
  ]
  return properties.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  )
}

function fillResult(test: TestCase, result: CheckResult): void {
  const error = result.errors[0]
  switch (result.status) {
    case 'passed':
      return
    case 'skipped':
      test.skipped()
      return
    case 'failed': {
      const message = clean(error?.message ?? 'the check failed without an error')
      const decided = error === undefined || error.kind === 'assertion' || error.kind === 'guard'
      if (decided)
        test.failure(message, error?.kind ?? 'assertion').stacktrace(describeErrors(result.errors, message))
      else test.error(message, error.kind, describeErrors(result.errors, message))
      return
    }
    default: {
      const message = clean(error?.message ?? result.reason ?? 'no verdict')
      test.error(message, error?.kind ?? result.status, describeErrors(result.errors, message))
    }
  }
}

function describeErrors(errors: readonly CheckError[], message: string): string {
  const texts = errors.map(error =>
    [
      error.stack?.includes(error.message)
        ? error.stack
        : [error.message, error.stack].filter(Boolean).join('\n'),
      error.diff,
    ]
      .filter(Boolean)
      .join('\n\n'),
  )
  return sanitizeXml(texts.length === 0 ? message : texts.join('\n\n'))
}

function describeCase(check: CheckRecord, result: CheckResult, target: Target): string {
  const lines: string[] = []
  if (result.reason !== undefined) lines.push(`${result.status}: ${result.reason}`)
  if (result.attempts > 1)
    lines.push(`attempts: ${result.attempts}${result.flaky ? ', passed on a retry' : ''}`)
  const observed = describeObservations(lastAttempt(check.observations, target.id))
  return [...lines, ...(observed === '' ? [] : [observed])].join('\n')
}
