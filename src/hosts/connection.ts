import type { HostKindName } from '../model/host.js'
import type { Reach } from '../model/reach.js'
import type { ShellFacts } from './ssh/shell-facts.js'

/** What opening a connection works with. */
export interface OpenContext {
  /** The environment of whoever started archparity. */
  readonly env: NodeJS.ProcessEnv
  /** Folder of this run for sockets, with a short path; removed with the run. */
  readonly directory: string
  readonly signal?: AbortSignal
}

/** What the way to an engine's ports depends on. */
export interface EngineTraits {
  readonly architecture: string
  /** Whether it runs on this process's kernel. */
  readonly sameKernel: boolean
  readonly rootless: boolean
}

/** An open way to an engine, before the engine was asked anything. */
export interface Connection {
  readonly kind: HostKindName
  /** What `DOCKER_HOST` must be to use it: `unix://` or plain `tcp://`. */
  readonly dockerHost: string
  /** How ports are reached, once the engine has said what it is. */
  chooseReach(engine: EngineTraits): Reach
  /** What the host's own shell says of it; absent where there is no shell to ask. */
  readonly shell?: ShellFacts
  /** Process that holds the connection, where there is one: it must outlive the workers. */
  readonly pid?: number | undefined
  /** Breaks the connection at once, so that whatever waits on it fails. */
  sever(): void
  close(): Promise<void>
}
