import { randomUUID } from 'node:crypto'
import { ArchparityError, describeError } from '../errors.js'
import { connectHost } from './connect-host.js'
import type { OpenContext } from './connection.js'
import type { Host, HostSpec } from './host.js'
import { withTimeout } from './with-timeout.js'

/** Label of the volume by which two names of one engine are told from two engines. */
export const TWIN_LABEL = 'org.archparity.twin'

/** A host that could not be used, and why. */
export interface HostFailure {
  readonly spec: HostSpec
  readonly error: ArchparityError
}

/** What came of connecting: hosts in the order of their declaration, and those that failed. */
export interface ConnectedHosts {
  readonly hosts: readonly Host[]
  readonly failures: readonly HostFailure[]
  /** Hosts that turned out to be an engine which another one names already. */
  readonly twins: readonly { readonly spec: HostSpec; readonly of: string }[]
}

/** An engine that answered a moment ago and is silent now is nobody's twin. */
const TWIN_TIMEOUT_MS = 10_000

/**
 * Connects to all hosts at once. One that fails never keeps the others from being used; nothing is thrown. `labels`
 * are those of what is put on a host for a moment, so that a later run removes it where this one is killed.
 */
export async function connectHosts(
  specs: readonly HostSpec[],
  context: OpenContext,
  labels: Readonly<Record<string, string>> = {},
): Promise<ConnectedHosts> {
  const results = await Promise.all(
    specs.map(async spec => {
      try {
        return await connectHost(spec, context)
      } catch (error) {
        return { spec, error: asArchparityError(error, spec) }
      }
    }),
  )
  const connected = results.filter((each): each is Host => 'engine' in each)
  const failures = results.filter((each): each is HostFailure => 'error' in each)
  const hosts: Host[] = []
  const twins: { spec: HostSpec; of: string }[] = []
  for (const host of connected) {
    const twin = await findTwin(host, hosts, labels)
    if (twin === undefined) {
      hosts.push(host)
      continue
    }
    twins.push({ spec: host.spec, of: twin.name })
    await host.close()
  }
  return { hosts, failures, twins }
}

function asArchparityError(error: unknown, spec: HostSpec): ArchparityError {
  if (error instanceof ArchparityError) return error
  return new ArchparityError('ENGINE_UNAVAILABLE', `Host ${spec.name}: ${describeError(error)}`, {
    cause: error,
  })
}

/**
 * The host that is the same engine under another name. Equal ids alone prove nothing, since cloned machines share
 * them: a volume that is made through one must be there through the other.
 */
async function findTwin(
  host: Host,
  others: readonly Host[],
  labels: Readonly<Record<string, string>>,
): Promise<Host | undefined> {
  const candidates = others.filter(other => other.facts.id === host.facts.id)
  if (candidates.length === 0) return undefined
  const name = `archparity-${randomUUID()}`
  const volume = host.engine.getVolume(name)
  const search = async () => {
    await host.engine.createVolume({ Name: name, Labels: { ...labels, [TWIN_LABEL]: 'yes' } })
    for (const candidate of candidates) if (await hasVolume(candidate, name)) return candidate
    return undefined
  }
  try {
    return await withTimeout(search(), TWIN_TIMEOUT_MS)
  } catch {
    return undefined
  } finally {
    await withTimeout(volume.remove(), TWIN_TIMEOUT_MS).catch(() => {})
  }
}

async function hasVolume(host: Host, name: string): Promise<boolean> {
  return host.engine
    .getVolume(name)
    .inspect()
    .then(
      () => true,
      () => false,
    )
}
