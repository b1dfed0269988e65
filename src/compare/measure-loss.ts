import type { HostLost, SuiteErrored } from '../model/events.js'
import type { Target } from '../model/target.js'
import type { CheckRecord, RunRecord } from './run-record.js'
import { isDecided } from './settle-results.js'
import { findSiblings } from './siblings.js'

/** What the loss of a host cost. */
export interface LossCost {
  readonly targets: readonly Target[]
  /** Results on its targets that stayed without a verdict, on its siblings as well. */
  readonly undecided: number
  /** Checks of its targets that other hosts decided: theirs from the start, or taken over. */
  readonly elsewhere: number
  /** Those hosts, in the order of their targets. */
  readonly elsewhereOn: readonly string[]
  /** Suite files that only lost hosts ran: they may have checks that never began and that no event names. */
  readonly unknownSuites: readonly string[]
}

/** Says what was lost with a host, and what others ran instead. */
export function measureLoss(record: RunRecord, loss: HostLost): LossCost {
  const targets = record.targets.filter(target => target.host === loss.host)
  const hosts = new Set<string>()
  let undecided = 0
  let elsewhere = 0
  for (const target of targets) {
    const siblings = findSiblings(target, record.targets)
    for (const { results } of record.checks) {
      const status = results.get(target.id)?.status
      if (status === 'errored' || status === 'inconclusive') undecided += 1
      const deciders = siblings.filter(sibling => isDecided(results.get(sibling.id)))
      if (status !== 'skipped' || deciders.length === 0) continue
      elsewhere += 1
      for (const { host } of deciders) hosts.add(host)
    }
  }
  return {
    targets,
    undecided,
    elsewhere,
    elsewhereOn: [...hosts],
    unknownSuites: targets.length === 0 ? [] : findUnknownSuites(record),
  }
}

/** A suite tells all of its checks once it has run on a host to the end. */
function findUnknownSuites(record: RunRecord): string[] {
  const lost = new Set(record.hostLosses.map(loss => loss.host))
  const alive = record.targets.filter(target => !lost.has(target.host))
  const known = new Set(
    record.checks
      .filter(({ results }) => alive.some(target => results.get(target.id)?.at !== undefined))
      .map(({ check }) => check.file),
  )
  for (const { target, file } of record.suiteErrors) if (alive.some(one => one.id === target)) known.add(file)
  const files = new Set([...(record.started?.suites ?? []), ...record.checks.map(({ check }) => check.file)])
  return [...files].filter(file => !known.has(file)).sort()
}

/** Whether coverage is missing because of a loss; what other hosts took over is not. */
export function losesCoverage(loss: HostLost, cost: LossCost): boolean {
  return loss.phase === 'start' || cost.undecided > 0 || cost.unknownSuites.length > 0
}

/**
 * Whether a suite's error on a target is nothing but the loss of its host: every check of the file has its verdict all
 * the same, or the file could be loaded where the host was not lost.
 */
export function isErrorOfLoss(error: SuiteErrored, record: RunRecord): boolean {
  const host = record.targets.find(target => target.id === error.target)?.host
  if (!record.hostLosses.some(loss => loss.host === host)) return false
  const checks = record.checks.filter(({ check }) => check.file === error.file)
  const isSettled = ({ results }: CheckRecord) => {
    const status = results.get(error.target)?.status
    return status === 'passed' || status === 'failed' || status === 'skipped'
  }
  const isLoaded = ({ results }: CheckRecord) => [...results.values()].some(isDecided)
  if (error.code === 'suite-broken' || error.code === 'suite-empty') return checks.some(isLoaded)
  return checks.length > 0 && checks.every(isSettled)
}
