import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import path from 'node:path'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import { ArchparityError, describeError } from '../../errors.js'
import type { Connection, OpenContext } from '../connection.js'
import { redactUrl } from '../engine-client.js'
import type { HostSpec } from '../host.js'
import { nameSocket } from '../name-socket.js'
import { reachTcp } from '../reach-tcp.js'
import { startSocketProxy } from '../socket-proxy.js'

/** A peer that has gone without a word is noticed by the kernel after about this long. */
const KEEP_ALIVE_MS = 3000

/**
 * An engine behind TCP, with TLS in both directions where `tls` names a folder of keys. Everything goes through a
 * socket of our own, so that workers need no keys and a host that is lost can be cut off.
 */
export async function openTcp(spec: HostSpec, context: OpenContext): Promise<Connection> {
  const url = parseTcpUrl(spec)
  const keys = spec.tls === undefined ? undefined : await readKeys(spec.tls, spec)
  const dial = (): Socket => dialEngine(url, keys)
  await reachTcp(dial, spec)
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
  // Docker's own ports: 2376 with TLS, 2375 without.
  const port = Number(match?.[2] ?? (spec.tls === undefined ? 2375 : 2376))
  if (match === null || port < 1 || port > 65535) {
    const shown = redactUrl(spec.endpoint)
    throw new ArchparityError('CONFIG_INVALID', `Host ${spec.name}: ${shown} is no tcp://HOST:PORT`, {
      hint: 'Write for example tcp://192.0.2.7:2376, with `tls` for the folder of its keys.',
    })
  }
  if (spec.endpoint.startsWith('https:') && spec.tls === undefined) {
    throw new ArchparityError('CONFIG_INVALID', `Host ${spec.name}: ${spec.endpoint} needs its keys`, {
      hint: 'Say where they are: tls=FOLDER, with ca.pem, cert.pem and key.pem.',
    })
  }
  return { host: (match[1] as string).replace(/^\[|\]$/g, ''), port }
}

async function readKeys(folder: string, spec: HostSpec): Promise<SecureContext> {
  const hint = 'The folder must hold ca.pem, cert.pem and key.pem, as for DOCKER_CERT_PATH.'
  const read = async (name: string) => {
    const file = path.join(folder, name)
    return readFile(file).catch(error => {
      const message = `Host ${spec.name}: ${file} cannot be read: ${describeError(error)}`
      throw new ArchparityError('CONFIG_INVALID', message, { hint, cause: error })
    })
  }
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  try {
    return createSecureContext({ ca, cert, key })
  } catch (error) {
    const message = `Host ${spec.name}: the keys in ${folder} cannot be used: ${describeError(error)}`
    throw new ArchparityError('CONFIG_INVALID', message, {
      hint: 'key.pem must be the key of cert.pem, without a password, and all three must be PEM.',
      cause: error,
    })
  }
}

function dialEngine({ host, port }: TcpUrl, keys: SecureContext | undefined): Socket {
  const options = { host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, allowHalfOpen: true }
  if (keys === undefined) return connect(options)
  return connectTls({ ...options, secureContext: keys, ...(isIP(host) ? {} : { servername: host }) })
}
