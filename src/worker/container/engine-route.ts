import type { Socket } from 'node:net'
import type Docker from 'dockerode'
import { Agent } from 'undici'
import { FailedConnection, openPortBridge, type PortBridge } from '../../hosts/port-bridge.js'
import { CheckFailure } from '../failure.js'
import type { ContainerHandle } from './container-handle.js'
import type { Carrier } from './reach-port.js'

/** Ways that are open, each for as long as its container. */
const bridges = new WeakMap<ContainerHandle, Promise<PortBridge>>()
const routes = new WeakMap<ContainerHandle, Promise<Carrier>>()

/**
 * What carries requests to any port of a container through the engine alone; made once for a container and removed
 * before it. A server that refuses is told as by a plain connection, an engine that fails by a CheckFailure.
 */
export function openEngineRoute(
  engine: Docker,
  handle: ContainerHandle,
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<Carrier> {
  const known = routes.get(handle) ?? startRoute(engine, handle, architecture, labels)
  routes.set(handle, known)
  known.catch(() => routes.delete(handle))
  return known
}

/** The same for single connections, at any address that the container itself has. */
export function openContainerBridge(
  engine: Docker,
  handle: ContainerHandle,
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<PortBridge> {
  const known = bridges.get(handle) ?? startBridge(engine, handle, architecture, labels)
  bridges.set(handle, known)
  known.catch(() => bridges.delete(handle))
  return known
}

async function startBridge(
  engine: Docker,
  handle: ContainerHandle,
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<PortBridge> {
  const opening = openPortBridge(engine, handle.id, architecture, labels)
  handle.beforeRemoval(async () => (await opening.catch(() => undefined))?.close())
  return opening.catch(error => {
    throw explainFailure(error)
  })
}

async function startRoute(
  engine: Docker,
  handle: ContainerHandle,
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<Carrier> {
  const bridge = await openContainerBridge(engine, handle, architecture, labels)
  const agent = makeAgent(bridge)
  handle.beforeRemoval(async () => void agent.destroy().catch(() => {}))
  const knock = async (address: string, port: number) => {
    try {
      const stream = await bridge.connect(address, port)
      stream.on('error', () => {})
      stream.destroy()
      return undefined
    } catch (error) {
      if (error instanceof FailedConnection) return error.code
      throw explainFailure(error)
    }
  }
  return { dispatcher: agent, knock }
}

function makeAgent(bridge: PortBridge): Agent {
  return new Agent({
    connect: ({ hostname, port }, done) => {
      bridge.connect(hostname, Number(port || 80)).then(
        // The client uses no more of it than any stream has.
        stream => done(null, stream as Socket),
        error => done(error instanceof FailedConnection ? error : explainFailure(error), null),
      )
    },
  })
}

function explainFailure(error: unknown): CheckFailure {
  const message = String((error as Error).message).slice(0, 500)
  return new CheckFailure(
    'infrastructure',
    'PORT_UNREACHABLE',
    `The container's ports cannot be reached through the engine: ${message}`,
    error,
  )
}
