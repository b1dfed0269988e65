import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { Agent, type Dispatcher } from 'undici'
import type { Reach } from '../../model/reach.js'
import { CheckFailure } from '../failure.js'

const run = promisify(execFile)
const FORWARD_TIMEOUT_MS = 20_000

/** How this process reaches one port of a container. */
export interface Route {
  /** `http://address:port` that requests are sent to. */
  readonly origin: string
  /** What carries them, where that is no plain connection. */
  readonly dispatcher?: Dispatcher
}

/** What the engine says of a container's network. */
export interface ContainerNetwork {
  readonly address: string | undefined
  readonly ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null | undefined>>
}

/** Ports of hosts that are forwarded here by ssh, one socket each, for as long as the connection lives. */
const forwards = new Map<string, Promise<Dispatcher>>()

/** Finds the way to a port of a container; undefined while the container has no address. */
export async function reachPort(
  reach: Reach,
  { address, ports }: ContainerNetwork,
  port: number,
): Promise<Route | undefined> {
  const published = ports[`${port}/tcp`]?.[0]?.HostPort
  if (reach.kind === 'bridge')
    return address === undefined ? undefined : { origin: `http://${address}:${port}` }
  if (reach.kind === 'published') {
    return published === undefined ? undefined : { origin: `http://${bracket(reach.connect)}:${published}` }
  }
  const [there, at] = reach.published ? ['127.0.0.1', published] : [address, String(port)]
  if (there === undefined || at === undefined) return undefined
  const key = `${bracket(there)}:${at}`
  const known = forwards.get(key) ?? forwardPort(reach, key)
  forwards.set(key, known)
  known.catch(() => forwards.delete(key))
  return { origin: `http://${key}`, dispatcher: await known }
}

async function forwardPort(reach: Extract<Reach, { kind: 'ssh' }>, remote: string): Promise<Dispatcher> {
  const socketPath = path.join(reach.directory, `${process.pid.toString(36)}-${forwards.size.toString(36)}.p`)
  try {
    await run('ssh', ['-O', 'forward', '-L', `${socketPath}:${remote}`, ...reach.mux], {
      timeout: FORWARD_TIMEOUT_MS,
    })
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? (error as Error).message).trim()
    throw new CheckFailure(
      'infrastructure',
      'PORT_UNREACHABLE',
      `Port ${remote} of the host cannot be forwarded by ssh: ${said.slice(0, 300)}. Its sshd must allow it (AllowTcpForwarding yes).`,
      error,
    )
  }
  return new Agent({ connect: { socketPath } })
}

const bracket = (address: string): string => (address.includes(':') ? `[${address}]` : address)
