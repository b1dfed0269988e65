import type { Clock } from './http/clock.js'
import type { RetryPolicy } from './http/retry.js'

/** All in milliseconds. */
export interface RegistryTimeouts {
  readonly connect: number
  /** From the request to the answer's headers. */
  readonly headers: number
  /** The longest pause between two pieces of a body. */
  readonly idle: number
  /** For a manifest, a config or a token as a whole. */
  readonly document: number
  /** For one run of a credential helper. */
  readonly helper: number
}

export const DEFAULT_TIMEOUTS: RegistryTimeouts = {
  connect: 10_000,
  headers: 30_000,
  idle: 30_000,
  document: 60_000,
  helper: 15_000,
}

/** How registries are spoken to. Everything has a default. */
export interface RegistryOptions {
  /** Hosts as in references (`registry.local:5000`) or CIDR blocks, as in Docker's `insecure-registries`. */
  readonly insecureRegistries?: readonly string[]
  /** Docker's folder of certificate authorities per host; `/etc/docker/certs.d` by default. */
  readonly certificatesDirectory?: string
  /** Where Docker's configuration and proxies are looked up; the process's own by default. */
  readonly env?: NodeJS.ProcessEnv
  readonly timeouts?: Partial<RegistryTimeouts>
  readonly retry?: Partial<RetryPolicy>
  readonly clock?: Clock
  /** Ends everything under way; what is waited for rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Told what is worth knowing and is no error, for example that stored credentials could not be read. */
  readonly onNotice?: (message: string) => void
}
