import type { ImageReference } from '../../reference/image-reference.js'
import { runCredentialHelper } from './credential-helper.js'
import { type DockerConfig, readDockerConfigs } from './docker-config.js'
import { findKeys } from './registry-key.js'

/** What a registry is shown: a password, a refresh token (OAuth 2), or a ready bearer token. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string }
  | { readonly kind: 'registry-token'; readonly token: string }

/** Where credentials were found, for messages. */
export interface FoundCredentials {
  readonly credentials: Credentials
  readonly from: string
}

/** What `findCredentials` needs to know of its surroundings. */
export interface CredentialOptions {
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds. */
  readonly helperTimeout: number
  readonly signal?: AbortSignal
}

/**
 * Looks up credentials as `docker pull` does: first DOCKER_AUTH_CONFIG, then config.json in DOCKER_CONFIG or
 * ~/.docker; in each the host's own helper, then the general store, then `auths`. Undefined where there are none.
 * Throws `CREDENTIALS_INVALID` where a file or a helper that is concerned does not work.
 */
export async function findCredentials(
  reference: ImageReference,
  options: CredentialOptions,
): Promise<FoundCredentials | undefined> {
  for (const config of readDockerConfigs(options.env)) {
    const found = await findInConfig(config, reference, options)
    if (found !== undefined) return found
  }
  return undefined
}

async function findInConfig(
  config: DockerConfig,
  reference: ImageReference,
  options: CredentialOptions,
): Promise<FoundCredentials | undefined> {
  const own = findKeys(Object.keys(config.credHelpers), reference)[0]
  const helper = own === undefined ? config.credsStore : config.credHelpers[own]
  if (helper) {
    const credentials = await runCredentialHelper(
      helper,
      own ?? nameServer(reference.registry),
      config.from,
      options,
    )
    if (credentials !== undefined) return { credentials, from: `docker-credential-${helper}` }
  }
  for (const key of findKeys(Object.keys(config.auths), reference)) {
    const credentials = config.readAuth(key)
    if (credentials !== undefined) return { credentials, from: config.from }
  }
  return undefined
}

/** The name that Docker gives a registry in its stores and in its engine API. */
export function nameServer(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
}
