import { isIPv4 } from 'node:net'
import { FailedConnection } from '../../hosts/port-bridge.js'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { readAddress } from '../../suites/goss/subjects.js'
import { CheckFailure } from '../failure.js'
import { openNetwork } from './container-network.js'
import { type Look, makeSight, type Sight } from './look.js'
import { resolveName } from './look-at-dns.js'

/** Connects to an address from inside the container's network. */
export async function lookAtAddr(check: GossCheck, look: Look): Promise<Sight> {
  const { host, port } = readAddress(check.subject)
  const addresses = isIPv4(host) ? [host] : await resolveName(host, check, look)
  // goss would try IPv6 too; the way into the container has none.
  for (const address of addresses.filter(isIPv4))
    if (await canConnect(look, address, port)) return makeSight(check, { reachable: true })
  if (addresses.length > 0 && !addresses.some(isIPv4))
    throw new CheckFailure(
      'infrastructure',
      'ADDRESS_UNKNOWN',
      `${host} has IPv6 addresses alone, which cannot be asked: ${addresses.join(', ')}`,
    )
  return makeSight(check, { reachable: false })
}

async function canConnect({ handle }: Look, address: string, port: number): Promise<boolean> {
  const network = await openNetwork(handle)
  try {
    const stream = await network.connect(address === '0.0.0.0' ? '127.0.0.1' : address, port)
    stream.destroy()
    return true
  } catch (error) {
    if (error instanceof FailedConnection) return false
    const { message } = error as Error
    throw new CheckFailure(
      'infrastructure',
      'PORT_UNREACHABLE',
      `${address}:${port} cannot be asked from inside the container: ${message}`,
      error,
    )
  }
}
