import type Docker from 'dockerode'
import type { HostFacts } from '../model/host.js'
import type { Reach } from '../model/reach.js'

/** A host as the user declares it; one of a group (`context:`, `buildx:`) has become its members. */
export interface HostSpec {
  /** Unique in a run. */
  readonly name: string
  /** `unix://`, `ssh://` or `tcp://`. */
  readonly endpoint: string
  /** Platforms that it is meant for, as `os/arch[/variant]`; without it those that it runs natively. */
  readonly platforms?: readonly string[]
  /** Suite files that run on it at the same time. */
  readonly concurrency?: number
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, for `tcp://`. */
  readonly tls?: string
  /** Who named it, for messages: `--host`, `DOCKER_HOST`, `Docker context "pi"`. */
  readonly from: string
  /** True for the engine that Docker's own command would use here. */
  readonly local: boolean
}

/** An engine endpoint that runs containers, connected and asked who it is. */
export interface Host {
  readonly name: string
  readonly spec: HostSpec
  readonly facts: HostFacts
  /** The login that its own shell answers to, where it has one. */
  readonly user?: string
  /** Client of the engine's API, for the main process. */
  readonly engine: Docker
  /** What `DOCKER_HOST` must be in a worker process so that it reaches the same engine. */
  readonly dockerHost: string
  /** How ports of its containers are reached. */
  readonly reach: Reach
  /** Process that holds the connection, where there is one. */
  readonly pid?: number | undefined
  /** Makes everything that still waits for an answer of it fail now; for a host that is lost. */
  sever(): void
  close(): Promise<void>
}
