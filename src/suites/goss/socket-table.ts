import type { PortSubject } from './subjects.js'

/** A socket that takes what comes: TCP sockets that listen, and all of UDP. */
export interface OpenSocket {
  readonly network: PortSubject['network']
  readonly port: number
  /** As goss writes it: `0.0.0.0`, `::`. */
  readonly address: string
}

const LISTENING = '0A'

/**
 * Reads one of /proc/net/tcp, tcp6, udp and udp6 (proc_net_tcp(5)). The kernel writes addresses as words of its own
 * byte order.
 */
export function parseSocketTable(
  network: OpenSocket['network'],
  text: string,
  order: 'little' | 'big',
): OpenSocket[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*\d+:\s+([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})\s+\S+\s+([0-9A-F]{2})\s/.exec(line)
    if (match === null) return []
    const [, address = '', port = '', state] = match
    if (network.startsWith('tcp') && state !== LISTENING) return []
    return [{ network, port: Number.parseInt(port, 16), address: formatAddress(address, order) }]
  })
}

function formatAddress(hex: string, order: 'little' | 'big'): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => {
    const parts = (word.match(/../g) ?? []).map(each => Number.parseInt(each, 16))
    return order === 'little' ? parts.reverse() : parts
  })
  return formatIp(bytes)
}

/** An address of 4 or 16 bytes as people write it; IPv6 as short as it can be (RFC 5952). */
export function formatIp(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0))
  if (words.slice(0, 5).every(each => each === 0) && words[5] === 0xffff) return bytes.slice(12).join('.')
  const text = words.map(each => each.toString(16)).join(':')
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)]
  const [longest] = runs.sort((one, other) => other[0].length - one[0].length)
  if (longest === undefined) return text
  const before = text.slice(0, longest.index).replace(/:$/, '')
  return `${before}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}
