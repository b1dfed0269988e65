import { isIPv4 } from 'node:net'
import { FailedConnection, type PortBridge } from '../../hosts/port-bridge.js'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { readAddress } from '../../suites/goss/subjects.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import { connectWithin, ENGINE_ALLOWANCE_MS, LateConnection, openNetwork } from './container-network.js'
import { type Look, makeSight, type Sight } from './look.js'
import { resolveName } from './look-at-dns.js'

/** Connects to an address from inside the container's network. */
export async function lookAtAddr(check: GossCheck, look: Look): Promise<Sight> {
  const { host, port } = readAddress(check.subject)
  const addresses = isIPv4(host) ? [host] : await resolveName(host, check, look)
  // goss would try IPv6 too; the way into the container has none.
  for (const address of addresses.filter(isIPv4))
    if (await canConnect(check, look, address, port)) return makeSight(check, { reachable: true })
  if (addresses.length > 0 && !addresses.some(isIPv4))
    throw new CheckFailure(
      'infrastructure',
      'ADDRESS_UNKNOWN',
      `${host} has IPv6 addresses alone, which cannot be asked: ${addresses.join(', ')}`,
    )
  return makeSight(check, { reachable: false })
}

async function canConnect(check: GossCheck, look: Look, address: string, port: number): Promise<boolean> {
  const network = await openNetwork(look.handle)
  const limitMs = (check.timeoutMs ?? 500) * getWorker().context.timeScale + ENGINE_ALLOWANCE_MS
  const limit = () => AbortSignal.any([look.signal, AbortSignal.timeout(limitMs)])
  try {
    return await tryToConnect(network, address === '0.0.0.0' ? '127.0.0.1' : address, port, limit())
  } catch (error) {
    if (error instanceof LateConnection) {
      // An engine that hangs would look the same: the container itself answers or refuses at once.
      const answers = await tryToConnect(network, '127.0.0.1', port, limit()).catch(() => undefined)
      if (answers !== undefined) return false
    }
    const { message } = error as Error
    throw new CheckFailure(
      'infrastructure',
      'PORT_UNREACHABLE',
      `${address}:${port} cannot be asked from inside the container: ${message}`,
      error,
    )
  }
}

async function tryToConnect(
  network: PortBridge,
  address: string,
  port: number,
  limit: AbortSignal,
): Promise<boolean> {
  try {
    const stream = await connectWithin(network, address, port, limit)
    stream.destroy()
    return true
  } catch (error) {
    if (error instanceof FailedConnection) return false
    throw error
  }
}
