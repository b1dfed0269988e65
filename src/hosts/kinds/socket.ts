import type { Connection } from '../connection.js'
import type { HostSpec } from '../host.js'

/** An engine behind a socket of this machine: Docker Engine, Podman, Docker Desktop and its like. */
export async function openSocket(spec: HostSpec): Promise<Connection> {
  return {
    kind: spec.local ? 'local' : 'socket',
    dockerHost: spec.endpoint,
    chooseReach: ({ sameKernel, rootless }) =>
      sameKernel && !rootless
        ? { kind: 'bridge' }
        : { kind: 'published', bind: '127.0.0.1', connect: '127.0.0.1' },
    sever: () => {},
    close: async () => {},
  }
}
