import type { PortBridge } from '../../hosts/port-bridge.js'
import { findInHosts } from '../../suites/goss/resolver-files.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { openContainerBridge } from '../container/engine-route.js'
import { getWorker } from '../worker.js'
import { readStoredText } from './read-stored.js'

/** A way into the container's own network, so that `localhost` is the container itself. */
export function openNetwork(handle: ContainerHandle): Promise<PortBridge> {
  const { engine, context } = getWorker()
  return openContainerBridge(engine, handle, context.reach.architecture, context.labels)
}

/** Addresses that the container's /etc/hosts gives for a name; it means itself by `localhost` at least. */
export async function readHosts(handle: ContainerHandle, name: string): Promise<string[]> {
  const found = findInHosts((await readStoredText(handle, '/etc/hosts')) ?? '', name)
  return found.length === 0 && /^localhost\.?$/i.test(name) ? ['127.0.0.1'] : found
}
