import type { HostSpec } from '../hosts/host.js'
import type { HostFacts } from '../model/host.js'
import type { Platform } from '../model/platform.js'
import type { Capability } from '../targets/capability.js'

/** A platform that was tried on a host, and what came of it. */
export interface JudgedPlatform {
  readonly platform: Platform
  readonly capability: Capability
}

/** All that is known of a host that answered. */
export interface KnownHost {
  readonly spec: HostSpec
  readonly facts: HostFacts
  readonly platforms: readonly JudgedPlatform[]
  /** Whether it is meant to emulate at all: what it lacks for that is only a defect then. */
  readonly emulates: boolean
  /** Other declared names of the same engine. */
  readonly aliases: readonly string[]
  /** Other hosts by their own architecture, which runs natively there. */
  readonly others: Readonly<Record<string, string>>
  /** Whether commands on the host run as root as they are. */
  readonly asRoot: boolean
}
