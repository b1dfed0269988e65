import type Docker from 'dockerode'
import type { HostFacts } from '../model/host.js'

/** An engine endpoint that runs containers, connected and asked who it is. */
export interface Host {
  readonly name: string
  readonly facts: HostFacts
  /** Client of the engine's API, for the main process. */
  readonly engine: Docker
  /** What `DOCKER_HOST` must be in a worker process so that it reaches the same engine. */
  readonly dockerHost: string
  /** Whether addresses of the engine's bridge network can be reached from this process. */
  readonly bridgeReachable: boolean
  close(): Promise<void>
}
