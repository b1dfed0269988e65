import type { HostConfig } from 'dockerode'

/** How a suite wants its container; everything is optional and means "as the image declares". */
export interface ContainerOptions {
  /**
   * `image` starts what the image declares; `idle` starts its shell instead and lets it wait for commands.
   * Default: `image` where the image declares a port or a health check, `idle` otherwise.
   */
  readonly start?: 'image' | 'idle'
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  readonly workingDir?: string
  /** Whether its process has a terminal; then there is one output, and no standard error. */
  readonly tty?: boolean
  /** The first is what `http` asks where it is told no port; without it the first that the image declares. */
  readonly ports?: readonly number[]
  /** What must be true before the first check: text in the log, an open port, or an HTTP answer below 500. */
  readonly ready?: { readonly log?: string | RegExp; readonly port?: number; readonly http?: string }
  /**
   * Settings of the engine that go beyond its defaults (mounts, capabilities, memory, network mode), in the
   * Engine API's own words. Containers get none of these unless a suite asks here.
   */
  readonly hostConfig?: HostConfig
}
