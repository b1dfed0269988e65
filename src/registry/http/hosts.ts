import { BlockList, isIP } from 'node:net'
import { ArchparityError } from '../../errors.js'

/** Whether a URL's host is this machine by its name alone: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback(url: URL): boolean {
  const name = readHostname(url)
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

/** Decides which registries were declared insecure: by `host[:port]`, or by a CIDR block for IP addresses. */
export class InsecureHosts {
  readonly #hosts = new Set<string>()
  readonly #blocks = new BlockList()

  /** Throws `CONFIG_INVALID` for an entry that is neither. */
  constructor(entries: readonly string[] = []) {
    for (const entry of entries) this.#add(entry)
  }

  has(url: URL): boolean {
    if (this.#hosts.has(url.host)) return true
    // `URL` leaves a scheme's own port out; the declaration may name it.
    if (this.#hosts.has(`${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`)) return true
    const name = readHostname(url)
    const family = isIP(name)
    return family !== 0 && this.#blocks.check(name, family === 6 ? 'ipv6' : 'ipv4')
  }

  #add(entry: string): void {
    const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? []
    const family = isIP(address)
    if (family !== 0 && Number(bits) <= (family === 6 ? 128 : 32)) {
      this.#blocks.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
      return
    }
    const host = entry
      .replace(/^https?:\/\//i, '')
      .replace(/\/$/, '')
      .toLowerCase()
    if (!URL.canParse(`http://${host}`) || !/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/.test(host)) {
      throw new ArchparityError(
        'CONFIG_INVALID',
        `"${entry.slice(0, 80)}" is not a registry to declare insecure`,
        {
          hint: 'Give a host as in a reference, for example registry.local:5000, or a CIDR block such as 10.0.0.0/8.',
        },
      )
    }
    this.#hosts.add(host)
  }
}

function readHostname(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
}
