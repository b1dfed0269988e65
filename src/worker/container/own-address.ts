import { createSocket } from 'node:dgram'
import { isIPv4 } from 'node:net'

const known = new Map<string, Promise<boolean>>()

/**
 * Whether an IPv4 address is one of this network namespace's. Asked by binding to it: Node's `networkInterfaces`
 * leaves out bridges that have no carrier.
 */
export function isOwnAddress(address: string): Promise<boolean> {
  const answer = known.get(address) ?? tryToBind(address)
  known.set(address, answer)
  return answer
}

async function tryToBind(address: string): Promise<boolean> {
  if (!isIPv4(address)) return false
  const socket = createSocket('udp4')
  try {
    return await new Promise<boolean>(resolve => {
      socket.once('error', () => resolve(false))
      socket.bind({ address, port: 0, exclusive: true }, () => resolve(true))
    })
  } finally {
    socket.close()
  }
}
