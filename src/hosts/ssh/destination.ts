import { ArchparityError } from '../../errors.js'
import { redactUrl } from '../engine-client.js'
import type { HostSpec } from '../host.js'

/** What an `ssh://` endpoint names. */
export interface SshDestination {
  /** `user@host`, or a name of the user's ssh configuration. */
  readonly destination: string
  readonly port?: number
  /** Path of the engine's socket on the host, where the endpoint gives one. */
  readonly socket?: string
}

/**
 * Reads `ssh://[user@]host[:port][/path/of/the.sock]`, the form that Docker's command takes. A destination that
 * ssh could take for an option is refused, and so is a colon in the path, which ends it for `ssh -L`.
 */
export function parseSshEndpoint(spec: HostSpec): SshDestination {
  const match =
    /^ssh:\/\/((?:[\w.+-]+@)?(?:\[[\da-fA-F:.]+(?:%[\w.-]+)?\]|[\w.-]+))(?::(\d{1,5}))?(\/[^:\p{Cc}]*)?$/u.exec(
      spec.endpoint,
    )
  const [, destination = '', port, socket] = match ?? []
  const isPort = port === undefined || (Number(port) >= 1 && Number(port) <= 65535)
  if (match === null || !isPort || destination.startsWith('-') || destination.includes('@-')) {
    throw new ArchparityError(
      'CONFIG_INVALID',
      `Host ${spec.name}: ${JSON.stringify(redactUrl(spec.endpoint))} is no ssh://[user@]host[:port][/socket]`,
      {
        hint: 'Write for example ssh://root@pi4.lan, or the name of a Host in your ~/.ssh/config. No password: ssh asks its agent.',
      },
    )
  }
  return {
    destination: destination.replace(/\[(.*)\]$/, '$1'),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(socket === undefined || socket === '/' ? {} : { socket }),
  }
}
