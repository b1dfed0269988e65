import type { CheckError, CheckRef } from '../model/check.js'
import type { HostLost } from '../model/events.js'
import type { Target } from '../model/target.js'
import { explainMissing, type RunEnd } from './explain-missing.js'
import type { CheckResult } from './run-record.js'
import { findSiblings } from './siblings.js'

/** What the events say of one check in the main pass, by target id. */
export interface CheckReports {
  readonly check: CheckRef
  readonly started: ReadonlySet<string>
  readonly results: ReadonlyMap<string, CheckResult>
}

/**
 * Gives each planned target its result of one check. Targets that run the same bytes in the same way on several hosts
 * share the check: where one decided it, it is skipped on the others. A failure after the host's last answer decides
 * nothing, since the loss may be its reason.
 */
export function settleResults(reports: CheckReports, world: RunEnd): Map<string, CheckResult> {
  const own = new Map(
    world.targets.flatMap(target => {
      const result = reports.results.get(target.id)
      return result === undefined
        ? []
        : [[target.id, doubtFailure(result, target, world.hostLosses)] as const]
    }),
  )
  return new Map(
    world.targets.map(target => {
      const result = own.get(target.id)
      const settled =
        shareResult(reports, target, own, world) ??
        result ??
        explainMissing(reports.check, reports.started.has(target.id), target, world)
      return [target.id, settled] as const
    }),
  )
}

/** Whether a check has a verdict of its own. */
export function isDecided(result: CheckResult | undefined): boolean {
  return result?.status === 'passed' || result?.status === 'failed'
}

/** The result of a check that another host of the same targets ran; undefined where this target's own counts. */
function shareResult(
  { check, started }: CheckReports,
  target: Target,
  own: ReadonlyMap<string, CheckResult>,
  world: RunEnd,
): CheckResult | undefined {
  const result = own.get(target.id)
  const loss = world.hostLosses.find(one => one.host === target.host)
  const isLost = loss !== undefined
  const isOpen = result === undefined || result.status === 'inconclusive'
  if (!isOpen && !(result.status === 'errored' && isLost)) return undefined
  // A suite that broke here broke, whoever else could run it; where the host was lost that is the loss.
  if (result === undefined && !isLost && hasSuiteError(check, target, world)) return undefined
  const siblings = findSiblings(target, world.targets)
  const end = loss?.phase === 'start' ? 'could not be reached' : 'was lost'
  const because = isLost ? `, because host ${target.host} ${end}` : ''
  const skip = (reason: string): CheckResult => {
    return { status: 'skipped', durationMs: 0, attempts: 0, flaky: false, errors: [], reason }
  }
  const deciders = siblings.filter(one => isDecided(own.get(one.id)))
  if (deciders.length > 0) return skip(`ran on ${nameHosts(deciders)}${because}`)
  const skipper = siblings.find(one => own.get(one.id)?.status === 'skipped')
  if (skipper !== undefined) {
    const reason = own.get(skipper.id)?.reason
    return skip(`skipped on ${nameHosts([skipper])}${reason === undefined ? '' : `: ${reason}`}`)
  }
  // Never given to this target: the sibling that began it answers for it.
  const began = siblings.find(one => started.has(one.id) || own.has(one.id))
  if (result !== undefined || started.has(target.id) || began === undefined) return undefined
  return skip(`was given to ${nameHosts([began])}`)
}

function hasSuiteError(check: CheckRef, target: Target, world: RunEnd): boolean {
  return world.mainErrors.some(error => error.target === target.id && error.file === check.file)
}

function nameHosts(targets: readonly Target[]): string {
  const names = targets.map(target => target.host)
  return names.length === 1 ? `host ${names[0]}` : `hosts ${names.join(', ')}`
}

/** A failure that ended after the host had last answered, as an error; any other result as it is. */
export function doubtFailure(result: CheckResult, target: Target, losses: readonly HostLost[]): CheckResult {
  if (result.status !== 'failed') return result
  // The guard's word rests on bytes of the program that were read before it ran.
  if (result.errors.length > 0 && result.errors.every(error => error.kind === 'guard')) return result
  const loss = findLossBefore(result, target, losses)
  if (loss === undefined) return result
  const reason = `host ${target.host} had stopped answering (last at ${loss.lastSeenAt}) when this check failed: ${loss.message}`
  const error: CheckError = { kind: 'infrastructure', code: 'ENGINE_LOST', message: reason }
  return { ...result, status: 'errored', errors: [error, ...result.errors], reason }
}

/** Whether a result came after the last answer of a host that was lost. */
export function isAfterLoss(
  result: CheckResult | undefined,
  target: Target,
  losses: readonly HostLost[],
): boolean {
  return result !== undefined && findLossBefore(result, target, losses) !== undefined
}

function findLossBefore(
  { at }: CheckResult,
  target: Target,
  losses: readonly HostLost[],
): HostLost | undefined {
  // Comparing with what is no moment is false.
  return losses.find(
    loss => loss.host === target.host && Date.parse(at ?? '') > Date.parse(loss.lastSeenAt ?? ''),
  )
}
