import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import path from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ArchparityError, describeError } from '../../errors.js'
import type { Connection, OpenContext } from '../connection.js'
import type { HostSpec } from '../host.js'
import { nameSocket } from '../name-socket.js'
import { startSocketProxy } from '../socket-proxy.js'

const CONNECT_TIMEOUT_MS = 10_000
/** A peer that has gone without a word is noticed by the kernel after about this long. */
const KEEP_ALIVE_MS = 3000

interface Keys {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/**
 * An engine behind TCP, with TLS in both directions where `tls` names a folder of keys. Everything goes through a
 * socket of our own, so that workers need no keys and a host that is lost can be cut off.
 */
export async function openTcp(spec: HostSpec, context: OpenContext): Promise<Connection> {
  const url = parseTcpUrl(spec)
  const keys = spec.tls === undefined ? undefined : await readKeys(spec.tls, spec)
  const dial = (): Socket => dialEngine(url, keys)
  await reachOnce(dial, spec)
  const proxy = await startSocketProxy(nameSocket(context.directory, spec.name), dial)
  return {
    kind: 'tcp',
    dockerHost: `unix://${proxy.socketPath}`,
    chooseReach: ({ architecture }) => ({ kind: 'engine', architecture }),
    sever: proxy.sever,
    close: proxy.close,
  }
}

interface TcpUrl {
  readonly host: string
  readonly port: number
}

function parseTcpUrl(spec: HostSpec): TcpUrl {
  const match = /^(?:tcp|https?):\/\/(\[[^\]]+\]|[^:/@]+)(?::(\d{1,5}))?\/?$/.exec(spec.endpoint)
  if (match === null) {
    throw new ArchparityError('CONFIG_INVALID', `Host ${spec.name}: ${spec.endpoint} is no tcp://HOST:PORT`, {
      hint: 'Write for example tcp://192.0.2.7:2376, with `tls` for the folder of its keys.',
    })
  }
  // Docker's own ports: 2376 with TLS, 2375 without.
  const port = Number(match[2] ?? (spec.tls === undefined ? 2375 : 2376))
  return { host: (match[1] as string).replace(/^\[|\]$/g, ''), port }
}

async function readKeys(folder: string, spec: HostSpec): Promise<Keys> {
  const read = async (name: string) => {
    const file = path.join(folder, name)
    return readFile(file).catch(error => {
      throw new ArchparityError(
        'CONFIG_INVALID',
        `Host ${spec.name}: ${file} cannot be read: ${describeError(error)}`,
        {
          hint: 'The folder must hold ca.pem, cert.pem and key.pem, as for DOCKER_CERT_PATH.',
        },
      )
    })
  }
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  return { ca, cert, key }
}

function dialEngine({ host, port }: TcpUrl, keys: Keys | undefined): Socket {
  const options = { host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, allowHalfOpen: true }
  if (keys === undefined) return connect(options)
  return connectTls({ ...options, ...keys, ...(isIP(host) ? {} : { servername: host }) })
}

/** Connects once, so that a wrong address or certificate is told for what it is. */
async function reachOnce(dial: () => Socket, spec: HostSpec): Promise<void> {
  const socket = dial()
  const event = isTls(socket) ? 'secureConnect' : 'connect'
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once(event, resolve)
      socket.setTimeout(CONNECT_TIMEOUT_MS, () =>
        reject(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)),
      )
    })
  } catch (error) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `Host ${spec.name}: ${spec.endpoint} (from ${spec.from}) cannot be reached: ${describeError(error)}`,
      {
        hint: adviseOnTcp(error, spec),
        cause: error,
        details: { host: spec.name, endpoint: spec.endpoint },
      },
    )
  } finally {
    socket.destroy()
  }
}

const isTls = (socket: Socket): socket is TLSSocket => 'encrypted' in socket

function adviseOnTcp(error: unknown, spec: HostSpec): string {
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  if (/CERT|SSL|TLS|SELF_SIGNED|VERIFY|ALTNAME/i.test(code)) {
    return `The certificates do not match: the engine's must be signed by ca.pem and name its address, cert.pem must be one that the engine trusts (${spec.tls ?? 'no `tls` folder is set'}).`
  }
  const named = spec.local ? ` ${spec.from} says that it is there.` : ''
  if (code === 'ECONNREFUSED')
    return `Nothing listens there: is the engine started with \`--host tcp://...\`?${named}`
  return `Check the address, the network and the firewall between.${named}`
}
