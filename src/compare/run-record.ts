import type { AuditFinding, AuditSummary } from '../model/audit.js'
import type { CheckError, CheckRef } from '../model/check.js'
import type {
  AuditFinished,
  HostLost,
  ImagePulled,
  LoggedEvent,
  ProgramExecuted,
  RunFinished,
  RunStarted,
  SuiteErrored,
} from '../model/events.js'
import type { HostFacts } from '../model/host.js'
import type { ResolvedImage } from '../model/image.js'
import type { Observation } from '../model/observation.js'
import type { Expectation } from '../model/per-platform.js'
import { compareText } from '../model/platform.js'
import type { Status } from '../model/status.js'
import type { LostCoverage, Target } from '../model/target.js'
import {
  type CheckDraft,
  completeCheck,
  nameCheck,
  openDraft,
  recordObservation,
  toResult,
} from './check-draft.js'
import { orderChecks, orderTargets } from './order.js'

/** What became of one check on one target in one pass. */
export interface CheckResult {
  readonly status: Status
  readonly durationMs: number
  readonly attempts: number
  readonly flaky: boolean
  readonly errors: readonly CheckError[]
  readonly reason?: string
  /** When it finished, ISO 8601 UTC; absent where it never did. */
  readonly at?: string
}

/** One check with all that was seen of it. Maps are keyed by target id. */
export interface CheckRecord {
  readonly check: CheckRef
  /** Main pass; one entry for each planned target. Where hosts share a platform, one has it and the others skip it. */
  readonly results: ReadonlyMap<string, CheckResult>
  /** Noise pass, where it ran: the reference target, or those that share its suites. */
  readonly noise: ReadonlyMap<string, CheckResult>
  /** Main pass, by attempt: the last array is what counts. */
  readonly observations: ReadonlyMap<string, readonly (readonly Observation[])[]>
  readonly noiseObservations: ReadonlyMap<string, readonly (readonly Observation[])[]>
  /** What the check expects per platform, in the main pass's last attempt. */
  readonly expectations: ReadonlyMap<string, readonly Expectation[]>
}

/** What the static audit said, in its own order. */
export interface AuditRecord {
  readonly summaries: readonly AuditSummary[]
  readonly findings: readonly AuditFinding[]
  /** Absent where the log ends before the audit did. */
  readonly finished?: AuditFinished
}

/** The event log, indexed. Two logs with the same events in another interleaving give the same record. */
export interface RunRecord {
  readonly started: RunStarted | undefined
  readonly startedAt: string | undefined
  readonly finished: RunFinished | undefined
  /** Moment of the last event. */
  readonly endedAt: string | undefined
  readonly image: ResolvedImage | undefined
  readonly hosts: readonly HostFacts[]
  /** In the image's order of platforms. */
  readonly targets: readonly Target[]
  readonly reference: Target | undefined
  readonly lost: readonly LostCoverage[]
  readonly pulls: ReadonlyMap<string, ImagePulled>
  readonly checks: readonly CheckRecord[]
  readonly programs: readonly ProgramExecuted[]
  readonly suiteErrors: readonly SuiteErrored[]
  readonly hostLosses: readonly HostLost[]
  /** Absent where the run was told to leave it out. */
  readonly audit?: AuditRecord
  /** Noise-pass suite errors: they lose masks, never a verdict. */
  readonly noiseErrors: readonly SuiteErrored[]
}

/** Indexes the events of one run. Never throws: an incomplete log gives an incomplete record. */
export function buildRunRecord(events: readonly LoggedEvent[]): RunRecord {
  const drafts = new Map<string, CheckDraft>()
  const targets = new Map<string, Target>()
  const hosts = new Map<string, HostFacts>()
  const pulls = new Map<string, ImagePulled>()
  const lost: LostCoverage[] = []
  const programs: ProgramExecuted[] = []
  const errored: SuiteErrored[] = []
  const hostLosses: HostLost[] = []
  const summaries: AuditSummary[] = []
  const audited: AuditFinding[] = []
  let auditFinished: AuditFinished | undefined
  let started: (RunStarted & { at: string }) | undefined
  let finished: RunFinished | undefined
  let image: ResolvedImage | undefined

  for (const event of events) {
    switch (event.type) {
      case 'run-started':
        started ??= event
        break
      case 'image-resolved':
        image ??= event.image
        break
      case 'platform-audited':
        summaries.push(event.summary)
        break
      case 'audit-finding':
        audited.push(event.finding)
        break
      case 'audit-finished':
        auditFinished = event
        break
      case 'host-ready':
        hosts.set(event.facts.name, event.facts)
        break
      case 'target-planned':
        targets.set(event.target.id, event.target)
        break
      case 'coverage-lost':
        lost.push(event.lost)
        break
      case 'image-pulled':
        pulls.set(event.target, event)
        break
      case 'check-started': {
        const draft = openDraft(drafts, event.check)
        if (event.pass === 'main') draft.started.add(event.target)
        break
      }
      case 'observation':
        recordObservation(drafts, event)
        break
      case 'value-expected': {
        const draft = openDraft(drafts, nameCheck(event.check, drafts))
        if (event.pass === 'main')
          draft.expected.set(event.target, [...(draft.expected.get(event.target) ?? []), event])
        break
      }
      case 'check-finished': {
        const draft = openDraft(drafts, event.check)
        const results = event.pass === 'main' ? draft.results : draft.noise
        results.set(event.target, toResult(event, event.at))
        break
      }
      case 'program-executed':
        programs.push(event)
        break
      case 'suite-errored':
        errored.push(event)
        break
      case 'host-lost':
        hostLosses.push(event)
        break
      case 'run-finished':
        finished = event
        break
    }
  }

  const ordered = orderTargets([...targets.values()], image)
  const byTarget = <T extends { readonly target: string }>(items: readonly T[], name: (item: T) => string) =>
    sortByTarget(items, ordered, name)
  const suiteErrors = byTarget(errored, error => `${error.file}\0${error.message}`)
  const mainErrors = suiteErrors.filter(error => error.pass === 'main')
  lost.sort(
    (a, b) =>
      compareText(a.platform, b.platform) || compareText(a.code, b.code) || compareText(a.reason, b.reason),
  )
  hostLosses.sort((a, b) => compareText(a.host, b.host) || compareText(nameLoss(a), nameLoss(b)))
  const world = { targets: ordered, mainErrors, hostLosses, lost, finished }
  return {
    started,
    startedAt: started?.at ?? events[0]?.at,
    finished,
    endedAt: events.at(-1)?.at,
    image,
    hosts: [...hosts.values()].sort((a, b) => compareText(a.name, b.name)),
    targets: ordered,
    reference: ordered.find(target => target.reference),
    lost,
    pulls,
    checks: orderChecks([...drafts.values()]).map(draft => completeCheck(draft, world)),
    programs: byTarget(programs, fact => `${fact.pass}\0${fact.check ?? ''}\0${fact.program}`),
    suiteErrors: mainErrors,
    hostLosses,
    noiseErrors: suiteErrors.filter(error => error.pass === 'noise'),
    ...describeAudit(summaries, audited, auditFinished),
  }
}

function nameLoss(loss: HostLost): string {
  return `${loss.lastSeenAt ?? ''}\0${loss.message}`
}

function describeAudit(
  summaries: readonly AuditSummary[],
  findings: readonly AuditFinding[],
  finished: AuditFinished | undefined,
): { audit?: AuditRecord } {
  if (finished === undefined && summaries.length + findings.length === 0) return {}
  return { audit: { summaries, findings, ...(finished === undefined ? {} : { finished }) } }
}

/** The observations that count: those of the last attempt. */
export function lastAttempt(
  observations: ReadonlyMap<string, readonly (readonly Observation[])[]>,
  target: string,
): readonly Observation[] {
  return observations.get(target)?.at(-1) ?? []
}

function sortByTarget<T extends { readonly target: string }>(
  items: readonly T[],
  targets: readonly Target[],
  name: (item: T) => string,
): T[] {
  const rank = new Map(targets.map((target, index) => [target.id, index]))
  const place = (item: T) => rank.get(item.target) ?? targets.length
  return [...items].sort((a, b) => place(a) - place(b) || compareText(name(a), name(b)))
}
