import { isIPv4 } from 'node:net'
import type { Dispatcher } from 'undici'
import type { Reach } from '../../model/reach.js'
import { knockPlainly } from './knock.js'
import { isOwnAddress } from './own-address.js'
import { forwardPort } from './ssh-route.js'

/** How this process reaches one port of a container. */
export interface Route {
  /** `http://address:port` that requests are sent to. */
  readonly origin: string
  /** What carries them, where that is no plain connection. */
  readonly dispatcher?: Dispatcher
  /** Why no server accepts a connection, for example `ECONNREFUSED`; undefined where one does. */
  readonly knock: () => Promise<string | undefined>
}

/** What carries requests, and what tries a single connection. */
export interface Carrier {
  readonly dispatcher: Dispatcher
  readonly knock: (address: string, port: number) => Promise<string | undefined>
}

/** What the engine says of a container's network. */
export interface ContainerNetwork {
  readonly mode: string
  readonly address: string | undefined
  readonly gateway: string | undefined
}

/**
 * Finds the way to a port of a container; undefined where it has no network of its own. `openBridge` makes, or gives
 * again, the way through the engine.
 */
export async function reachPort(
  reach: Reach,
  network: ContainerNetwork,
  port: number,
  openBridge: (architecture: string) => Promise<Carrier>,
): Promise<Route | undefined> {
  const address = findAddress(reach, network)
  if (address === undefined) return undefined
  const origin = `http://${address}:${port}`
  if (reach.kind === 'bridge' && network.gateway !== undefined && (await isOwnAddress(network.gateway)))
    return { origin, knock: () => knockPlainly({ host: address, port }) }
  const carrier =
    reach.kind === 'ssh'
      ? await forwardPort(reach, `${address}:${port}`)
      : await openBridge(reach.architecture)
  return { origin, dispatcher: carrier.dispatcher, knock: () => carrier.knock(address, port) }
}

/** An address is the engine's word. Rootless engines may give none, although there is a network. */
function findAddress(reach: Reach, { mode, address }: ContainerNetwork): string | undefined {
  if (address !== undefined && isIPv4(address)) return address
  return reach.kind === 'engine' && mode !== 'none' && mode !== 'host' ? '127.0.0.1' : undefined
}
