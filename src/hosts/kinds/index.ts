import { ArchparityError } from '../../errors.js'
import type { Connection, OpenContext } from '../connection.js'
import { redactUrl } from '../engine-client.js'
import type { HostSpec } from '../host.js'
import { openSocket } from './socket.js'
import { openSsh } from './ssh.js'
import { openTcp } from './tcp.js'

/** Opens the connection that an endpoint of one scheme stands for. Throws ENGINE_UNAVAILABLE with what to do. */
export type OpenHost = (spec: HostSpec, context: OpenContext) => Promise<Connection>

/** Kinds of hosts by the scheme of their endpoint. A new kind is a file here and a line in this map. */
const KINDS: Readonly<Record<string, OpenHost>> = {
  unix: openSocket,
  npipe: openSocket,
  ssh: openSsh,
  tcp: openTcp,
  http: openTcp,
  https: openTcp,
}

/** The schemes that hosts may have, sorted. */
export const HOST_SCHEMES: readonly string[] = Object.keys(KINDS).sort()

/** Opens a connection by the endpoint's scheme. */
export async function openConnection(spec: HostSpec, context: OpenContext): Promise<Connection> {
  const scheme = /^([a-z]+):\/\//.exec(spec.endpoint)?.[1] ?? ''
  const open = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined
  if (open !== undefined) return open(spec, context)
  throw new ArchparityError(
    'ENGINE_UNAVAILABLE',
    `The engine endpoint ${redactUrl(spec.endpoint)} (from ${spec.from}) is of a kind that is not supported`,
    { hint: `Use one of: ${HOST_SCHEMES.map(each => `${each}://`).join(', ')}.` },
  )
}
