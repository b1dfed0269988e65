/**
 * How a port of a container on a host is reached from this machine, always at the container's own address; plain
 * data, since workers are told it. Nothing is published.
 * - `bridge`: directly, where the container's network is one of this machine's; else as `engine`;
 * - `engine`: through the engine's API, by a program for the engine's own `architecture`;
 * - `ssh`: through the host's ssh connection.
 * `architecture` is the engine's own.
 */
export type Reach =
  | { readonly kind: 'bridge' | 'engine'; readonly architecture: string }
  | {
      readonly kind: 'ssh'
      readonly architecture: string
      /** Arguments of `ssh` that go through the open connection, the destination last. */
      readonly mux: readonly string[]
      /** Folder for the sockets that are forwarded; a short path. */
      readonly directory: string
    }
