import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Settings } from '../config/schema.js'
import { ArchparityError } from '../errors.js'
import { connectHosts, type HostFailure } from '../hosts/connect-hosts.js'
import { createProver } from '../hosts/create-prover.js'
import type { Host } from '../hosts/host.js'
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

/** Longer than this, and the name that ssh gives its socket while it makes it is too long for one. */
const MAX_SOCKET_FOLDER = 70

/**
 * Connects to the local engine and to all declared hosts. Throws where there is only one and it does not answer; where
 * there are several, all of them may be among the failures. The local engine may be missing where others are declared
 * and it was not: then that is a notice.
 */
export async function openHosts(request: HostsRequest): Promise<OpenHosts> {
  const { settings, env, signal, onNotice = () => {} } = request
  const specs = await listHosts(settings.hosts, settings.localHost, env)
  if (specs.length === 0) {
    throw new ArchparityError('USAGE', 'No host is left to run on', {
      hint: 'Leave out --no-local, or declare a host: --host ssh://user@machine.',
    })
  }
  const sockets = openSocketFolder(request.temporary)
  const context = { env, directory: sockets.path, ...(signal === undefined ? {} : { signal }) }
  const { hosts, failures, twins } = await connectHosts(specs, context, request.labels)
  for (const { spec, of } of twins)
    onNotice(`host ${spec.name} is the same engine as ${of}, so it is not used a second time`)
  const wanted = settings.hosts.some(each => each.endpoint === 'local')
  const optional = (failure: HostFailure) => failure.spec.local && !wanted && hosts.length > 0
  for (const failure of failures.filter(optional))
    onNotice(`the engine of this machine is left out: ${failure.error.message}`)
  const first = failures[0]
  if (hosts.length === 0 && failures.length === 1 && first !== undefined) {
    sockets.close()
    throw first.error
  }
  const provers = hosts.map(host => createProver(host, { ...request.labels }))
  return {
    hosts,
    failures: failures.filter(failure => !optional(failure)),
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
