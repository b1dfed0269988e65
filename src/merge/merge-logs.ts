import { ArchparityError } from '../errors.js'
import type { LoggedEvent, RunFinished } from '../model/events.js'
import { formatPlatform } from '../model/platform.js'
import type { LostCoverage, Target } from '../model/target.js'
import { nameTargets } from '../targets/label.js'
import { nameHosts } from './name-hosts.js'
import { type NamedLog, type ReadLog, readLog } from './named-log.js'
import { type Names, renameEvent } from './rename.js'
import { requireSame } from './require-same.js'

export interface MergeOptions {
  /** Logs of different indexes, suites, settings or versions are merged all the same. */
  readonly mixed?: boolean
  /** Platforms that no log has, because each job left them out, are no lost coverage. */
  readonly allowMissing?: boolean
}

/** Kinds of events that stand once in a log; the merged one has its own. */
const ONCE: ReadonlySet<LoggedEvent['type']> = new Set([
  'run-started',
  'image-resolved',
  'coverage-lost',
  'platform-audited',
  'audit-finding',
  'audit-finished',
  'run-finished',
])

/**
 * Makes one event log of those of several jobs, as if one run had had all of their hosts. The reference target is that of
 * the first log. Throws LOG_INVALID and LOGS_DIFFER for logs that are not of one run's kind, or that overlap.
 */
export function mergeLogs(logs: readonly NamedLog[], options: MergeOptions = {}): readonly LoggedEvent[] {
  const read = logs.map(readLog)
  const [first] = read
  if (first === undefined) return []
  if (read.length === 1) return first.events
  if (options.mixed !== true) requireSame(read)
  const hosts = nameHosts(read)
  const names = nameAll(read, hosts)
  const reference = findReference(first)
  const merged = read.flatMap((log, index) => {
    const own = names[index] as Names
    return (
      log.events
        .filter(event => !ONCE.has(event.type))
        // What differs by chance is learned on the reference alone.
        .filter(
          event => !('pass' in event) || event.pass === 'main' || (index === 0 && event.target === reference),
        )
        .map(event => renameEvent(event, own))
        .map(event =>
          event.type === 'target-planned' && index > 0
            ? { ...event, target: { ...event.target, reference: false } }
            : event,
        )
    )
  })
  const begun = [...read].sort((a, b) => (a.started.at < b.started.at ? -1 : 1))[0] ?? first
  return [
    { ...first.started, at: begun.started.at },
    ...first.events.filter(event => event.type === 'image-resolved').slice(0, 1),
    ...mergeAudits(read),
    ...mergeLosses(read, names, options),
    ...merged,
    ...mergeEnds(read),
  ]
}

const findReference = (log: ReadLog): string | undefined =>
  listTargets(log).find(target => target.reference)?.id

const listTargets = ({ events }: NamedLog): Target[] =>
  events.flatMap(event => (event.type === 'target-planned' ? [event.target] : []))

/** Names all targets anew: what tells them apart may be another word among more of them. */
function nameAll(logs: readonly ReadLog[], hosts: readonly ReadonlyMap<string, string>[]): Names[] {
  const all = logs.flatMap((log, index) =>
    listTargets(log).map(target => {
      const { id, label: _, ...rest } = target
      return { log: index, id, unnamed: { ...rest, host: hosts[index]?.get(rest.host) ?? rest.host } }
    }),
  )
  requireDisjoint(all, logs)
  const named = nameTargets(all.map(({ unnamed }) => unnamed))
  return logs.map((_, index) => ({
    hosts: hosts[index] ?? new Map(),
    targets: new Map(
      all.flatMap(({ log, id }, at) => {
        const target = named[at]
        return log !== index || target === undefined
          ? []
          : [[id, { id: target.id, label: target.label }] as const]
      }),
    ),
  }))
}

/** Two results of one target would be one too many. */
function requireDisjoint(
  all: readonly { readonly log: number; readonly unnamed: Omit<Target, 'id' | 'label'> }[],
  logs: readonly NamedLog[],
): void {
  const seen = new Map<string, number>()
  for (const { log, unnamed } of all) {
    const { platform, digest, host, execution, emulator } = unnamed
    const key = JSON.stringify([formatPlatform(platform), digest, host, execution, emulator?.cpu ?? ''])
    const other = seen.get(key)
    seen.set(key, log)
    if (other === undefined || other === log) continue
    throw new ArchparityError(
      'LOGS_DIFFER',
      `${logs[other]?.name} and ${logs[log]?.name} both ran ${formatPlatform(platform)} ${execution} on host ${host}`,
      { hint: 'Give one of them: what counts would depend on their order.' },
    )
  }
}

/** One summary of each platform, and each finding once. */
function mergeAudits(logs: readonly ReadLog[]): LoggedEvent[] {
  const summaries = new Map<string, LoggedEvent>()
  const findings = new Map<string, LoggedEvent>()
  const ends: Extract<LoggedEvent, { type: 'audit-finished' }>[] = []
  for (const { events } of logs) {
    for (const event of events) {
      if (event.type === 'platform-audited') summaries.set(event.summary.platform, event)
      if (event.type === 'audit-finding' && !findings.has(event.finding.key))
        findings.set(event.finding.key, event)
      if (event.type === 'audit-finished') ends.push(event)
    }
  }
  const [end] = ends
  if (end === undefined) return [...summaries.values(), ...findings.values()]
  const sum = (count: (each: (typeof ends)[number]) => number) =>
    ends.reduce((total, each) => total + count(each), 0)
  const { error: _, ...rest } = end
  const error = ends.find(each => each.error !== undefined)?.error
  const layers = { read: sum(each => each.layers.read), cached: sum(each => each.layers.cached) }
  const durationMs = Math.max(...ends.map(each => each.durationMs))
  const finished = { ...rest, layers, durationMs, ...(error === undefined ? {} : { error }) }
  return [...summaries.values(), ...findings.values(), finished]
}

/** What no job ran. A platform that one of them left out is no loss where another ran it. */
function mergeLosses(
  logs: readonly ReadLog[],
  names: readonly Names[],
  { allowMissing = false }: MergeOptions,
): LoggedEvent[] {
  const ran = new Set(logs.flatMap(log => listTargets(log).map(({ platform }) => formatPlatform(platform))))
  const losses = logs.flatMap(({ events }, index) =>
    events.flatMap(event =>
      event.type === 'coverage-lost' ? [renameEvent(event, names[index] as Names) as typeof event] : [],
    ),
  )
  const isElsewhere = ({ platform, target }: LostCoverage) => target === undefined && ran.has(platform)
  const seen = new Set<string>()
  return losses
    .filter(({ lost }) => !isElsewhere(lost))
    .map(event =>
      event.lost.intended && !allowMissing ? { ...event, lost: tellMissing(event.lost) } : event,
    )
    .filter(({ lost }) => {
      const key = JSON.stringify([lost.platform, lost.digest, lost.code, lost.target ?? ''])
      return !seen.has(key) && seen.add(key)
    })
}

const tellMissing = (lost: LostCoverage): LostCoverage => ({
  ...lost,
  code: 'not-run',
  reason: 'no log has it: every job left it out',
  fix: 'Give the log of a job that runs it, or say --allow-missing.',
  intended: false,
})

const REASONS: readonly RunFinished['reason'][] = ['error', 'interrupted', 'completed']

/** The most serious end of them all; none where one of them never ended. */
function mergeEnds(logs: readonly ReadLog[]): LoggedEvent[] {
  const ends = logs.flatMap(({ events }) => events.filter(event => event.type === 'run-finished').slice(-1))
  const worst = [...ends].sort((a, b) => REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason))[0]
  if (worst === undefined || ends.length < logs.length) return []
  const at =
    ends
      .map(end => end.at)
      .sort()
      .at(-1) ?? worst.at
  return [{ ...worst, durationMs: Math.max(...ends.map(end => end.durationMs)), at }]
}
