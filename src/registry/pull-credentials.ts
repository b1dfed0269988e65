import { ArchparityError } from '../errors.js'
import type { ImageReference } from '../reference/image-reference.js'
import { parseReference } from '../reference/parse-reference.js'
import { DEFAULT_TIMEOUTS, type RegistryOptions } from './options.js'

/** Credentials in the words of the engine's API (`X-Registry-Auth`). */
export type PullCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string }
  | { readonly registrytoken: string; readonly serveraddress: string }

/**
 * The credentials to hand to an engine that is to pull the reference; undefined where there are none. A store that
 * does not work counts as none and is told to `onNotice`: where the registry needs a login, resolving the image has
 * failed with `CREDENTIALS_INVALID` before.
 */
export async function pullCredentials(
  reference: ImageReference | string,
  options: RegistryOptions = {},
): Promise<PullCredentials | undefined> {
  // Loaded here: images are resolved without an engine too.
  const { findCredentials, nameServer } = await import('./auth/credentials.js')
  const parsed = typeof reference === 'string' ? parseReference(reference) : reference
  const serveraddress = nameServer(parsed.registry)
  try {
    const found = await findCredentials(parsed, {
      env: options.env ?? process.env,
      helperTimeout: options.timeouts?.helper ?? DEFAULT_TIMEOUTS.helper,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    switch (found?.credentials.kind) {
      case 'password': {
        const { username, password } = found.credentials
        return { username, password, serveraddress }
      }
      case 'identity-token':
        return { identitytoken: found.credentials.token, serveraddress }
      case 'registry-token':
        return { registrytoken: found.credentials.token, serveraddress }
      default:
        return undefined
    }
  } catch (error) {
    if (!(error instanceof ArchparityError) || error.code !== 'CREDENTIALS_INVALID') throw error
    options.onNotice?.(`${error.message}; ${parsed.registry} is asked without credentials`)
    return undefined
  }
}
