import type { Digest } from '../model/digest.js'

/** The registry that a reference without a host names. */
export const DEFAULT_REGISTRY = 'docker.io'

/** A reference in its full form, as Docker and OCI distribution read it. At least one of tag and digest is set. */
export interface ImageReference {
  /** Host with port, for example `docker.io`, `localhost:5000` or `[::1]:5000`. */
  readonly registry: string
  /** Repository below the host, for example `library/node`. */
  readonly path: string
  /** For display only where a digest is given too: the digest decides. */
  readonly tag?: string
  readonly digest?: Digest
}
