/**
 * How a port of a container on a host is reached from this machine; plain data, since workers are told it.
 * - `bridge`: at the container's own address, nothing is published;
 * - `published`: on one address of the host, never on all of them;
 * - `ssh`: through the host's ssh connection, to the container's own address, or to where it is published on the
 *   host's loopback where that address is out of the host's own reach (rootless engines).
 */
export type Reach =
  | { readonly kind: 'bridge' }
  | { readonly kind: 'published'; readonly bind: string; readonly connect: string }
  | {
      readonly kind: 'ssh'
      /** Arguments of `ssh` that go through the open connection, the destination last. */
      readonly mux: readonly string[]
      /** Folder for the sockets that are forwarded; a short path. */
      readonly directory: string
      readonly published: boolean
    }

/** The address that a container's ports must be published on; undefined where none need be. */
export function findBindAddress(reach: Reach): string | undefined {
  if (reach.kind === 'published') return reach.bind
  return reach.kind === 'ssh' && reach.published ? '127.0.0.1' : undefined
}
