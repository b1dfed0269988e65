import { sharesCpu } from '../hosts/cpu-family.js'
import type { Prove } from '../hosts/proof.js'
import type { HostFacts } from '../model/host.js'
import { matchesPlatform, type Platform, parsePlatform } from '../model/platform.js'
import { type Capability, judgeCapability } from './capability.js'

/** A host as planning sees it. */
export interface PlanHost {
  readonly facts: HostFacts
  readonly prove: Prove
  /** Platforms that it was declared for. */
  readonly platforms?: readonly string[]
  /** The engine of this machine, which emulates what no host runs natively. */
  readonly local: boolean
}

/** A host that runs a platform, and how. */
export interface Placement {
  readonly host: PlanHost
  readonly capability: Extract<Capability, { runs: true }>
}

/** Why no host runs a platform: the first host's words. */
export interface Refusal {
  readonly code: string
  readonly reason: string
  readonly fix?: string
}

/** Where one platform runs natively, in the order of hosts. */
export async function findNativeHosts(
  platform: Platform,
  hosts: readonly PlanHost[],
): Promise<{ placements: Placement[]; refusals: Refusal[] }> {
  const fitting = hosts.filter(host => isMeantFor(host, platform) && mayBeNative(host.facts, platform))
  return judge(platform, fitting, 'native')
}

/**
 * The host that emulates a platform: this machine's engine before the others, those that were declared for the
 * platform before those that were not. Hosts that are declared for other platforms only are never asked.
 */
export async function findEmulatingHost(
  platform: Platform,
  hosts: readonly PlanHost[],
): Promise<{ placement: Placement | undefined; refusals: Refusal[] }> {
  const rank = (host: PlanHost) => (host.local ? 0 : host.platforms === undefined ? 2 : 1)
  const fitting = hosts.filter(host => isMeantFor(host, platform)).sort((a, b) => rank(a) - rank(b))
  const refusals: Refusal[] = []
  for (const host of fitting) {
    // What may run natively is emulated all the same where the proof says so: another mode of the CPU that a handler
    // takes, or an engine that runs under an emulator itself and calls the emulated architecture its own.
    const wanted = mayBeNative(host.facts, platform) ? 'emulated' : undefined
    const found = await judge(platform, [host], wanted)
    if (found.placements[0] !== undefined) return { placement: found.placements[0], refusals }
    refusals.push(...found.refusals)
  }
  return { placement: undefined, refusals }
}

async function judge(
  platform: Platform,
  hosts: readonly PlanHost[],
  execution: 'native' | 'emulated' | undefined,
): Promise<{ placements: Placement[]; refusals: Refusal[] }> {
  const judged = await Promise.all(
    hosts.map(async host => ({ host, capability: await judgeCapability(host.facts, platform, host.prove) })),
  )
  const placements = judged.filter(
    (each): each is Placement =>
      each.capability.runs && (execution === undefined || each.capability.execution === execution),
  )
  const refusals = judged.flatMap(({ capability }) => (capability.runs ? [] : [capability]))
  return { placements, refusals }
}

function isMeantFor({ platforms }: PlanHost, platform: Platform): boolean {
  return (
    platforms === undefined ||
    platforms.some(text => {
      const wanted = parsePlatform(text)
      return wanted !== undefined && matchesPlatform(wanted, platform)
    })
  )
}

/** Asking is only worth a test program where the machine's family has the platform. */
function mayBeNative(facts: HostFacts, platform: Platform): boolean {
  return platform.os !== 'linux' || sharesCpu(facts.architecture, platform.architecture)
}
