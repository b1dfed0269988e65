import type { Digest } from './digest.js'
import type { Platform } from './platform.js'

/** What an image index says of one thing it points to (image-spec, "descriptor"). */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  readonly platform?: Platform
  readonly annotations?: Readonly<Record<string, string>>
  readonly artifactType?: string
}

/** An in-toto attestation (provenance, SBOM) that is attached to a platform's manifest and is never run. */
export interface Attestation {
  readonly digest: Digest
  readonly subject?: Digest
  readonly predicateTypes: readonly string[]
}

/** The parts of an image config (image-spec, "image configuration") that a run needs. */
export interface ImageConfig {
  readonly env: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly user?: string
  readonly workingDir?: string
  readonly exposedPorts: readonly string[]
  readonly volumes: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly healthcheck?: readonly string[]
  readonly stopSignal?: string
  /** Digests of the uncompressed layers, in order (`rootfs.diff_ids`). */
  readonly diffIds: readonly string[]
  /** How the layers came to be, oldest first; absent where the config does not tell. */
  readonly history?: readonly HistoryEntry[]
}

/** One step of an image's build (image-spec, "image configuration", property `history`). */
export interface HistoryEntry {
  /** The command as the builder wrote it, cut to 2,000 characters; empty where it says nothing. */
  readonly createdBy: string
  /** Whether the step left no layer. */
  readonly emptyLayer: boolean
}

/** One platform of an image: the exact manifest that the index names for it, with its verified config. */
export interface PlatformImage {
  /** Normalised; from the descriptor, or from the config where the descriptor has none. */
  readonly platform: Platform
  readonly platformFrom: 'descriptor' | 'config'
  readonly manifest: Descriptor
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  readonly imageConfig: ImageConfig
  /** What the config itself claims, normalised; differs from `platform` in a mislabelled image. */
  readonly configPlatform: Platform
  readonly attestations: readonly Attestation[]
}

/** Something about the image's metadata that is worth telling, found while resolving it. */
export interface ResolveNote {
  readonly code:
    | 'config-platform-mismatch'
    | 'duplicate-platform'
    | 'same-manifest-for-two-platforms'
    | 'unreadable-platform'
    | 'orphan-attestation'
    | 'foreign-entry'
    | 'unreadable-attestation'
  readonly message: string
  readonly platform?: string
  readonly digest?: Digest
}

/** A reference, resolved: one entry per platform, in the order of the index. */
export interface ResolvedImage {
  /** Normalised reference without tag or digest, for example `docker.io/library/node`; a path for `oci:`. */
  readonly repository: string
  /** What the user can paste into another tool: repository with tag and digest. */
  readonly reference: string
  readonly source: 'registry' | 'oci-layout' | 'oci-archive'
  /** Digest of what the tag points to: the index, or the manifest of a single-platform image. */
  readonly digest: Digest
  readonly mediaType: string
  readonly kind: 'index' | 'manifest'
  readonly platforms: readonly PlatformImage[]
  readonly attestations: readonly Attestation[]
  readonly notes: readonly ResolveNote[]
}
