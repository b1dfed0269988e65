import type { Connection } from '../connection.js'
import type { HostSpec } from '../host.js'
import { listensHere } from '../listens-here.js'

/** An engine behind a socket of this machine: Docker Engine, Podman, Docker Desktop and its like. */
export async function openSocket(spec: HostSpec): Promise<Connection> {
  const here = await listensHere(spec.endpoint.replace(/^unix:\/\//, ''))
  return {
    kind: spec.local ? 'local' : 'socket',
    dockerHost: spec.endpoint,
    chooseReach: ({ architecture, sameKernel, rootless }) => ({
      kind: sameKernel && here && !rootless ? 'bridge' : 'engine',
      architecture,
    }),
    sever: () => {},
    close: async () => {},
  }
}
