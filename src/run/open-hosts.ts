import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Settings } from '../config/schema.js'
import { ArchparityError } from '../errors.js'
import { type ConnectedHosts, connectHosts, type HostFailure } from '../hosts/connect-hosts.js'
import { createProver } from '../hosts/create-prover.js'
import type { Host, HostSpec } from '../hosts/host.js'
import { listHosts } from '../hosts/list-hosts.js'
import type { ProofResult, Prove } from '../hosts/proof.js'
import type { EngineProver } from '../hosts/prove-through-engine.js'
import type { PlanHost } from '../targets/choose-hosts.js'
import { describeThisProcess, formatOwner } from './owner.js'
import { TEMPORARY_PREFIX } from './temporary-directory.js'

/** What opening hosts works with. */
export interface HostsRequest {
  readonly settings: Pick<Settings, 'hosts' | 'localHost'>
  readonly env: NodeJS.ProcessEnv
  /** Folder for sockets that exists as long as the hosts are open. */
  readonly temporary: string
  /** Labels of what is started on a host to learn of it. */
  readonly labels: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly onNotice?: (message: string) => void
}

/** The hosts of a command, connected. */
export interface OpenHosts {
  readonly hosts: readonly Host[]
  readonly failures: readonly HostFailure[]
  /** The same hosts, as planning sees them; each with its own proofs. */
  readonly planHosts: readonly PlanHost[]
  /** Removes what the proofs put on the hosts; no proof can be had afterwards. Never rejects. */
  endProofs(): Promise<void>
  /** Ends all connections; never rejects. */
  close(): Promise<void>
}

/** The same, and what came of every declaration. */
export interface EveryHost extends OpenHosts {
  /** All hosts that were declared, in their order. */
  readonly specs: readonly HostSpec[]
  readonly failures: readonly (HostFailure & {
    /** True for this machine's engine where others answer and nobody declared it: it may be missing. */
    readonly optional: boolean
  })[]
  /** Declarations that are an engine which another one names already. */
  readonly twins: ConnectedHosts['twins']
}

/** Longer than this, and the name that ssh gives its socket while it makes it is too long for one. */
const MAX_SOCKET_FOLDER = 70

/**
 * Connects to the local engine and to all declared hosts. Throws where there is only one and it does not answer; where
 * there are several, all of them may be among the failures. The local engine may be missing where others are declared
 * and it was not: then that is a notice.
 */
export async function openHosts(request: HostsRequest): Promise<OpenHosts> {
  const { onNotice = () => {} } = request
  const opened = await openEveryHost(request)
  for (const { spec, of } of opened.twins)
    onNotice(`host ${spec.name} is the same engine as ${of}, so it is not used a second time`)
  for (const { error } of opened.failures.filter(failure => failure.optional))
    onNotice(`the engine of this machine is left out: ${error.message}`)
  const first = opened.failures[0]
  if (opened.hosts.length === 0 && opened.failures.length === 1 && first !== undefined) {
    await opened.close()
    throw first.error
  }
  return { ...opened, failures: opened.failures.filter(failure => !failure.optional) }
}

/** Connects to the same hosts and keeps every failure, for whoever tells of all of them. Throws where none is declared. */
export async function openEveryHost(request: Omit<HostsRequest, 'onNotice'>): Promise<EveryHost> {
  const { settings, env, signal } = request
  const specs = await listHosts(settings.hosts, settings.localHost, env)
  if (specs.length === 0) {
    throw new ArchparityError('USAGE', 'No host is left to run on', {
      hint: 'Leave out --no-local, or declare a host: --host ssh://user@machine.',
    })
  }
  const sockets = openSocketFolder(request.temporary)
  const context = { env, directory: sockets.path, ...(signal === undefined ? {} : { signal }) }
  const { hosts, failures, twins } = await connectHosts(specs, context, request.labels)
  const wanted = settings.hosts.some(each => each.endpoint === 'local')
  const provers = hosts.map(host => createProver(host, { ...request.labels }))
  return {
    specs,
    hosts,
    failures: failures.map(failure => ({
      ...failure,
      optional: failure.spec.local && !wanted && hosts.length > 0,
    })),
    twins,
    planHosts: hosts.map((host, index) => ({
      facts: host.facts,
      prove: proveOnce((provers[index] as EngineProver).prove),
      local: host.spec.local,
      ...(host.spec.platforms === undefined ? {} : { platforms: host.spec.platforms }),
    })),
    endProofs: async () => {
      await Promise.allSettled(provers.map(prover => prover.close()))
    },
    close: async () => {
      await Promise.allSettled(hosts.map(host => host.close()))
      sockets.close()
    },
  }
}

/** Each architecture is asked for once, also of hosts that are processes of this machine. */
function proveOnce(prove: Prove): Prove {
  const known = new Map<string, Promise<ProofResult>>()
  return architecture => {
    const proof = known.get(architecture) ?? prove(architecture)
    known.set(architecture, proof)
    return proof
  }
}

/** The run's own folder where its path is short enough for sockets, else one of the same kind in /tmp. */
function openSocketFolder(temporary: string): { path: string; close(): void } {
  if (temporary.length <= MAX_SOCKET_FOLDER) return { path: temporary, close: () => {} }
  const owner = formatOwner(describeThisProcess())
  const folder = mkdtempSync(path.join('/tmp', `${TEMPORARY_PREFIX}${owner}-`))
  return { path: folder, close: () => rmSync(folder, { recursive: true, force: true }) }
}
