/** A port of goss: `tcp:80`, `udp6:53`, or a number alone for TCP. */
export interface PortSubject {
  readonly network: 'tcp' | 'tcp6' | 'udp' | 'udp6'
  readonly port: number
}

/** Reads one. Throws an Error for what is none. */
export function readPort(text: string): PortSubject {
  const match = /^(?:(tcp6?|udp6?):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2] ?? 0)
  if (match === null || port < 1 || port > 65_535)
    throw new Error('must be a port such as tcp:80, tcp6:80, udp:53')
  return { network: (match[1] ?? 'tcp') as PortSubject['network'], port }
}

export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads what `addr` connects to, `tcp://host:port`. Throws an Error for what cannot be asked. */
export function readAddress(text: string): Address {
  const [scheme, rest] = text.includes('://') ? text.split(/:\/\/(.*)/s) : ['tcp', text]
  if (scheme === 'udp')
    throw new Error('udp is not supported: nothing is sent when it connects, so it says nothing')
  const match = /^([^:/[\]\s]+):(\d{1,5})$/.exec(rest ?? '')
  const port = Number(match?.[2] ?? 0)
  if ((scheme !== 'tcp' && scheme !== 'tcp4') || match === null || port < 1 || port > 65_535)
    throw new Error('must be tcp://host:port, with a name or an IPv4 address')
  return { host: match[1] as string, port }
}

/** Names by which a container means itself. */
const OWN_NAMES = ['localhost', '127.0.0.1', '0.0.0.0', '[::1]']

/** The URL of an `http` check, which must be the container's own. Throws an Error for another. */
export function readContainerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Error('must be a URL such as http://localhost:8080/')
  if (url.protocol === 'https:')
    throw new Error('https is not supported: the container is asked over plain HTTP')
  if (!OWN_NAMES.includes(url.hostname))
    throw new Error(
      `${url.hostname} is not the container: http checks ask the container itself, as http://localhost:8080/`,
    )
  return url
}

/** Record types that goss asks a server for. */
export const RECORD_TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'] as const

export type RecordType = (typeof RECORD_TYPES)[number]

export interface DnsQuestion {
  readonly host: string
  readonly types: readonly RecordType[]
  readonly server?: Address
}

/** Reads what `dns` asks. Throws an Error for what cannot be asked. */
export function readDnsQuestion(subject: string, server: string | undefined): DnsQuestion {
  const match = /^([A-Z]+):(.+)$/s.exec(subject)
  const host = match?.[2] ?? subject
  if (match === null && (server ?? '') === '') return { host, types: ['A', 'AAAA'] }
  if ((server ?? '') === '') throw new Error(`${match?.[1]} records need a server`)
  const types = match === null ? (['A', 'AAAA'] as const) : [requireType(match[1] as string)]
  return { host, types, server: readServer(server as string) }
}

function requireType(name: string): RecordType {
  const type = RECORD_TYPES.find(each => each === name)
  if (type === undefined) throw new Error(`${name} is no record type; known are ${RECORD_TYPES.join(', ')}`)
  return type
}

function readServer(text: string): Address {
  const match = /^([^:/[\]\s]+)(?::(\d{1,5}))?$/.exec(text)
  if (match === null) throw new Error('server: must be host or host:port, with a name or an IPv4 address')
  return { host: match[1] as string, port: Number(match[2] ?? 53) }
}
