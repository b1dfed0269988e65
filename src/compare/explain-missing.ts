import type { CheckRef } from '../model/check.js'
import type { HostLost, RunFinished, SuiteErrored } from '../model/events.js'
import { formatPlatform } from '../model/platform.js'
import type { LostCoverage, Target } from '../model/target.js'
import type { CheckResult } from './run-record.js'

/** What ended a run, or parts of it, before all checks had a result. */
export interface RunEnd {
  readonly targets: readonly Target[]
  readonly mainErrors: readonly SuiteErrored[]
  readonly hostLosses: readonly HostLost[]
  readonly lost: readonly LostCoverage[]
  readonly finished: RunFinished | undefined
}

/** The result of a check that never finished on a target: errored where its suite broke, else inconclusive. */
export function explainMissing(check: CheckRef, began: boolean, target: Target, world: RunEnd): CheckResult {
  const none = { durationMs: 0, attempts: 0, flaky: false, errors: [] }
  const suite = world.mainErrors.find(error => error.target === target.id && error.file === check.file)
  if (suite !== undefined) return { ...none, status: 'errored', reason: suite.message }
  const loss = world.hostLosses.find(one => one.host === target.host)
  if (loss !== undefined) {
    const when = began ? 'while this check ran' : 'before this check started'
    const what = loss.phase === 'start' ? 'could not be reached' : `was lost ${when}`
    return { ...none, status: 'inconclusive', reason: `host ${target.host} ${what}: ${loss.message}` }
  }
  const lost = world.lost.find(
    one =>
      (one.target ?? target.id) === target.id &&
      one.platform === formatPlatform(target.platform) &&
      (one.digest ?? target.digest) === target.digest,
  )
  if (lost !== undefined) return { ...none, status: 'inconclusive', reason: lost.reason }
  if (target.followUp === true && !began) {
    return { ...none, status: 'skipped', reason: 'only what was wrong natively ran here once more' }
  }
  const ended = world.finished?.reason === 'interrupted' ? 'the run was interrupted' : 'the run ended'
  const reason = began
    ? `${ended} before this check finished here`
    : `this check never started here: ${ended} first, or the suite declares it on other targets only`
  return { ...none, status: 'inconclusive', reason }
}
