import Docker from 'dockerode'
import { ArchparityError } from '../errors.js'

/**
 * Makes an API client of the engine at `url` (`unix://` or plain `tcp://`). No connection is made yet.
 * The environment's DOCKER_HOST must not be set in this process: the client would merge it in.
 */
export function createEngineClient(url: string): Docker {
  if (url.startsWith('unix://')) return new Docker({ socketPath: url.slice('unix://'.length) })
  if (url.startsWith('npipe://')) return new Docker({ socketPath: url.slice('npipe://'.length) })
  const parsed = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(url)
  if (parsed === null) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `The engine endpoint ${redactUrl(url)} is of a kind that is not supported`,
      {
        hint: 'Use a unix:// socket or tcp://HOST:PORT in DOCKER_HOST.',
      },
    )
  }
  const host = (parsed[1] as string).replace(/^\[|\]$/g, '')
  return new Docker({ protocol: 'http', host, port: Number(parsed[2] ?? 2375) })
}

/** The URL without user information; a password may hold an `@` itself. */
export function redactUrl(url: string): string {
  return url.replace(/^([^:/]*:\/\/)[^/]*@/, '$1')
}
