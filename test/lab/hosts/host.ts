import type Docker from 'dockerode'

/** How a command ended inside a host: its exit code, and stdout and stderr as they came. */
export interface GuestResult {
  readonly exitCode: number
  readonly output: string
}

/** A real host with an engine of its own, which lives on this machine for the length of a test file. */
export interface LabHost {
  readonly name: string
  /** What a user would write: `ssh://NAME`, `tcp://127.0.0.1:PORT`, `unix:///PATH`. */
  readonly endpoint: string
  /** What a user's environment must have so that the endpoint can be reached; to be put over `process.env`. */
  readonly env: Readonly<Record<string, string>>
  /** The engine past whatever a test cuts, for checks. */
  readonly engine: Docker
  /** The engine's socket, as this machine sees it. */
  readonly socketPath: string
  /** Runs a line of shell as root inside the host; throws only where the host itself cannot be entered. */
  run(command: string): Promise<GuestResult>
  /** Makes `127.0.0.1:PORT` inside the host mean the same port of this machine's loopback. */
  forwardLoopback(port: number): Promise<void>
  /** SIGKILL for the engine; its containers go on or end as they would for a user. */
  killEngine(): Promise<void>
  /** Starts the engine again and waits until it answers. */
  startEngine(): Promise<void>
  /** No packet comes through any more, and nobody is told: connections hang. */
  cutNetwork(): Promise<void>
  healNetwork(): Promise<void>
  /** Everything inside stands still; the network still takes what is sent. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** As if the plug were pulled: all that runs inside is gone, and connections with it. It cannot be started again. */
  powerOff(): Promise<void>
  /** Ends the host and removes all that it has left on this machine; safe to call twice, and after `powerOff`. */
  stop(): Promise<void>
}
