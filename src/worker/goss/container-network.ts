import type { Duplex } from 'node:stream'
import type { PortBridge } from '../../hosts/port-bridge.js'
import { findInHosts } from '../../suites/goss/resolver-files.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { openContainerBridge } from '../container/engine-route.js'
import { getWorker } from '../worker.js'
import { readStoredText } from './read-stored.js'

/** What the way through the engine may take beyond what goss allows for the answer alone. Milliseconds. */
export const ENGINE_ALLOWANCE_MS = 5000

/** A way into the container's own network, so that `localhost` is the container itself. */
export function openNetwork(handle: ContainerHandle): Promise<PortBridge> {
  const { engine, context } = getWorker()
  return openContainerBridge(engine, handle, context.reach.architecture, context.labels)
}

/** Nothing took the connection or refused it in the time that is allowed. */
export class LateConnection extends Error {
  override readonly name = 'LateConnection'
}

/**
 * Connects, but waits no longer than until `ended`; a connection that comes later is closed. Rejects with a
 * LateConnection then, and as `connect` does otherwise.
 */
export async function connectWithin(
  network: PortBridge,
  address: string,
  port: number,
  ended: AbortSignal,
): Promise<Duplex> {
  const connecting = network.connect(address, port)
  let stop = () => {}
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(new LateConnection('it did not answer in time'))
    ended.addEventListener('abort', stop, { once: true })
    if (ended.aborted) stop()
  })
  try {
    const stream = await Promise.race([connecting, late])
    // One that breaks after all was said must not end the process.
    stream.on('error', () => {})
    return stream
  } catch (error) {
    connecting.then(
      stream => stream.on('error', () => {}).destroy(),
      () => {},
    )
    throw error
  } finally {
    ended.removeEventListener('abort', stop)
  }
}

/** Addresses that the container's /etc/hosts gives for a name; it means itself by `localhost` at least. */
export async function readHosts(handle: ContainerHandle, name: string): Promise<string[]> {
  const found = findInHosts((await readStoredText(handle, '/etc/hosts')) ?? '', name)
  return found.length === 0 && /^localhost\.?$/i.test(name) ? ['127.0.0.1'] : found
}
