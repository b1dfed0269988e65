import type { AuditFinding, AuditSummary } from './audit.js'
import type { CheckError, CheckRef } from './check.js'
import type { ComparisonSettings } from './declared.js'
import type { HostFacts } from './host.js'
import type { ResolvedImage } from './image.js'
import type { Observation } from './observation.js'
import type { Expectation } from './per-platform.js'
import type { Status } from './status.js'
import type { LostCoverage, Target } from './target.js'

/** Version of the event log's format; readers refuse a higher one and upgrade lower ones. */
export const EVENT_LOG_VERSION = 1

/**
 * Which execution of a suite an event belongs to. The reference target runs its suites a second time
 * (`noise`) only to learn what differs by chance; a verdict never comes from that pass.
 */
export type Pass = 'main' | 'noise'

export interface RunStarted {
  readonly type: 'run-started'
  readonly version: typeof EVENT_LOG_VERSION
  readonly runId: string
  readonly archparity: string
  readonly node: string
  /** The image as the user typed it, without credentials. */
  readonly image: string
  /** Suite files, relative to the root, sorted. */
  readonly suites: readonly string[]
  /** Hash of the text of all suite files: whether two runs ran the same. */
  readonly suitesDigest?: string
  /** Absolute path that suite files are relative to. */
  readonly root: string
  /** What the user says about comparing. */
  readonly comparison?: ComparisonSettings
  /** Whether only some checks were asked for. */
  readonly filtered?: boolean
}
export interface ImageResolved {
  readonly type: 'image-resolved'
  readonly image: ResolvedImage
}
/** One platform's layers were read and its inventory made. */
export interface PlatformAudited {
  readonly type: 'platform-audited'
  readonly summary: AuditSummary
}
/** One thing that the static audit found; they come in the order of reports. */
export interface AuditFindingMade {
  readonly type: 'audit-finding'
  readonly finding: AuditFinding
}
/** The static audit is over, before any suite runs. */
export interface AuditFinished {
  readonly type: 'audit-finished'
  readonly durationMs: number
  /** Layers read from the image's source, and taken from the cache of earlier audits. */
  readonly layers: { readonly read: number; readonly cached: number }
  /** Why it gave no findings: the source failed in the middle. What is missing is lost coverage. */
  readonly error?: { readonly code: string; readonly message: string }
}
export interface HostReady {
  readonly type: 'host-ready'
  readonly facts: HostFacts
}
export interface TargetPlanned {
  readonly type: 'target-planned'
  readonly target: Target
}
export interface CoverageLost {
  readonly type: 'coverage-lost'
  readonly lost: LostCoverage
}
/** The engine holds exactly what the index names; `proof` says how that is known. */
export interface ImagePulled {
  readonly type: 'image-pulled'
  readonly target: string
  readonly imageId: string
  readonly proof: readonly string[]
  /** False where the engine held it already. */
  readonly fetched: boolean
  readonly durationMs: number
}
export interface CheckStarted {
  readonly type: 'check-started'
  readonly target: string
  readonly pass: Pass
  readonly check: CheckRef
}
export interface ObservationMade {
  readonly type: 'observation'
  readonly target: string
  readonly pass: Pass
  /** Id of the check. */
  readonly check: string
  /** 0 for the first attempt, 1 for the first retry, ... */
  readonly attempt: number
  /** Position among the check's observations in this attempt, from 0. */
  readonly seq: number
  readonly observation: Observation
}
/** A check said what it expects per platform: a difference of exactly that is legitimate. */
export interface ValueExpected {
  readonly type: 'value-expected'
  readonly target: string
  readonly pass: Pass
  /** Id of the check. */
  readonly check: string
  readonly attempt: number
  /** Position among the check's expectations in this attempt, from 0. */
  readonly seq: number
  readonly expectation: Expectation
}
export interface CheckFinished {
  readonly type: 'check-finished'
  readonly target: string
  readonly pass: Pass
  readonly check: CheckRef
  readonly status: Status
  /** Milliseconds of the check's own body, over all attempts. */
  readonly durationMs: number
  /** How many times it ran: 1 without retries. */
  readonly attempts: number
  /** True where it failed at first and passed on a retry. */
  readonly flaky: boolean
  readonly errors: readonly CheckError[]
  /** Why it was skipped or is inconclusive. */
  readonly reason?: string
}
/** What really executed on a target: the guard against a foreign program that happens to run. */
export interface ProgramExecuted {
  readonly type: 'program-executed'
  readonly target: string
  readonly pass: Pass
  /** Id of the check that started it; absent for the container's own process. */
  readonly check?: string
  /** Path of the program in the image, links resolved. */
  readonly program: string
  /** Path of the script that it interprets, links resolved, where a check started a script. */
  readonly script?: string
  /** What the check's command called it: a path, or a name that was looked up in PATH. */
  readonly name?: string
  /** ELF machine in OCI's words (`arm64`) or `0x..` where it has none. */
  readonly machine?: string
  /** Name of the emulator that the engine's process list shows for it; `none` where it shows the program. */
  readonly emulator?: string
  /** Whether that is what the target's platform and execution call for. */
  readonly expected: boolean
  readonly message?: string
}
/** A suite file that gave no checks on a target: syntax error, throws on import, empty, set-up failed. */
export interface SuiteErrored {
  readonly type: 'suite-errored'
  readonly target: string
  readonly pass: Pass
  readonly file: string
  readonly code: 'suite-broken' | 'suite-empty' | 'worker-lost' | 'unhandled'
  readonly message: string
  readonly stack?: string
}
/**
 * A host could not be reached, or failed in the middle. What it had not finished runs on another host of the same
 * platform, or is lost coverage.
 */
export interface HostLost {
  readonly type: 'host-lost'
  readonly host: string
  readonly message: string
  /** `start`: it was never ready; `run`, also where absent: it had been. */
  readonly phase?: 'start' | 'run'
  /** A code for machines, for example `HOST_KEY`. */
  readonly code?: string
  /** What to do next. */
  readonly hint?: string
  /** When it last answered, ISO 8601 UTC: what failed on it later may be the loss and not the image. */
  readonly lastSeenAt?: string
}
export interface RunFinished {
  readonly type: 'run-finished'
  readonly reason: 'completed' | 'interrupted' | 'error'
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string }
  readonly durationMs: number
}

export type RunEvent =
  | RunStarted
  | ImageResolved
  | PlatformAudited
  | AuditFindingMade
  | AuditFinished
  | HostReady
  | TargetPlanned
  | CoverageLost
  | ImagePulled
  | CheckStarted
  | ObservationMade
  | ValueExpected
  | CheckFinished
  | ProgramExecuted
  | SuiteErrored
  | HostLost
  | RunFinished

/** An event as it stands in the log: with the moment (ISO 8601, UTC) at which it was written. */
export type LoggedEvent = RunEvent & { readonly at: string }
