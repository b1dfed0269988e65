import { ArchparityError } from '../../errors.js'
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
 * ssh could take for an option is refused.
 */
export function parseSshEndpoint(spec: HostSpec): SshDestination {
  const match = /^ssh:\/\/((?:[\w.+-]+@)?(?:\[[\da-fA-F:.%]+\]|[\w.-]+))(?::(\d{1,5}))?(\/.*)?$/.exec(
    spec.endpoint,
  )
  const [, destination = '', port, socket] = match ?? []
  if (match === null || destination.startsWith('-') || destination.includes('@-')) {
    throw new ArchparityError(
      'CONFIG_INVALID',
      `Host ${spec.name}: ${JSON.stringify(spec.endpoint)} is no ssh://[user@]host[:port][/socket]`,
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
