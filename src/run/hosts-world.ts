import type { Host } from '../hosts/host.js'
import type { RunEvent } from '../model/events.js'
import type { ResolvedImage } from '../model/image.js'
import type { ImageSource } from '../registry/index.js'
import type { PlanHost } from '../targets/choose-hosts.js'
import type { Plan, PlannedTarget } from '../targets/plan.js'
import type { BuiltinPlans } from './audit-stage.js'
import type { EventLog } from './event-log.js'
import type { PreparedTarget } from './prepare-targets.js'
import type { RunRequest } from './run-image.js'

/** What the stages after resolving work with. */
export interface RunWorld {
  readonly request: RunRequest
  readonly log: EventLog
  readonly runId: string
  readonly source: ImageSource
  readonly image: ResolvedImage
  /** The static audit, which goes on beside the pulling; no suite runs before it is over. */
  readonly audited: Promise<BuiltinPlans>
  readonly suites: readonly string[]
}

/** A run whose hosts are connected and whose targets are planned. */
export interface HostsWorld extends RunWorld {
  readonly emit: (event: RunEvent) => void
  readonly plan: Plan
  readonly planHosts: readonly PlanHost[]
  readonly hostOf: (name: string) => Host
  /** Pulls and proves the images of targets, on the hosts that they are planned for; what fails is lost coverage. */
  readonly prepare: (targets: readonly PlannedTarget[]) => Promise<PreparedTarget[]>
}
