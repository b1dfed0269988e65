import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { formatBridgeAddress, makeBridgeProgram, nameBridgeError } from './bridge-program.js'
import { BridgeStream } from './bridge-stream.js'
import { buildScratchImage, loadScratchImage } from './scratch-image.js'
import { withTimeout } from './with-timeout.js'

/** Label of these containers; its value is the container whose network they share. */
export const BRIDGE_LABEL = 'org.archparity.bridge'

/** Where their image has its one file. */
const BRIDGE_PATH = '/bridge'

/** How long an engine may take for one request. */
const ENGINE_TIMEOUT_MS = 30_000
/** How long an engine may take to notice that a program whose output has ended has exited. */
const EXIT_TIMEOUT_MS = 5000

/** A connection that the other side, and not the engine, did not take or broke off; `code` is in Node's words. */
export class FailedConnection extends Error {
  override readonly name = 'FailedConnection'
  readonly code: string

  constructor(code: string) {
    super(`the connection failed: ${code}`)
    this.code = code
  }
}

/** A way into the network of one container that leads through the engine's API alone. */
export interface PortBridge {
  /**
   * Connects to `address:port` as seen from inside the container. Rejects with a FailedConnection where
   * nothing takes the connection, with another error where the engine fails.
   */
  connect(address: string, port: number): Promise<Duplex>
  /** Ends all connections and removes the container. Never rejects. */
  close(): Promise<void>
}

/**
 * Starts a container of nothing but the bridge program in the network of container `target`, of an engine whose own
 * `architecture` that is. Each connection is then a process in it. It and its image carry `labels`, so that a sweep
 * finds them; the image is left to that. Rejects, with nothing left, where the engine does not do it.
 */
export async function openPortBridge(
  engine: Docker,
  target: string,
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<PortBridge> {
  const program = makeBridgeProgram(architecture)
  if (program === undefined)
    throw new Error(`there is no bridge program for engines of linux/${architecture}`)
  const image = await buildScratchImage({ architecture, path: BRIDGE_PATH, program }, labels)
  const name = await withTimeout(loadScratchImage(engine, image), ENGINE_TIMEOUT_MS)
  // Named, so that it can be removed even where the answer to its creation is lost.
  const container = engine.getContainer(`archparity-bridge-${randomUUID()}`)
  const open = new Set<Duplex>()
  const close = async () => {
    for (const stream of open) stream.destroy()
    await withTimeout(container.remove({ force: true, v: true }), ENGINE_TIMEOUT_MS).catch(() => {})
  }
  try {
    const options = {
      name: container.id,
      platform: `linux/${architecture}`,
      Image: name,
      Labels: { ...labels, [BRIDGE_LABEL]: target },
      // Its own process waits for the end of an input that never ends.
      OpenStdin: true,
      HostConfig: {
        NetworkMode: `container:${target}`,
        CapDrop: ['ALL'],
        ReadonlyRootfs: true,
        LogConfig: { Type: 'none', Config: {} },
      },
    }
    await withTimeout(engine.createContainer(options), ENGINE_TIMEOUT_MS)
    await withTimeout(container.start(), ENGINE_TIMEOUT_MS)
  } catch (error) {
    await close()
    throw error
  }
  const connect = async (address: string, port: number) => {
    const argument = formatBridgeAddress(architecture, address, port)
    const stream = await startBridge(container, [BRIDGE_PATH, argument], architecture)
    open.add(stream)
    stream.once('close', () => open.delete(stream))
    try {
      await withTimeout(stream.connected, ENGINE_TIMEOUT_MS)
    } catch (error) {
      stream.destroy()
      throw error
    }
    return stream
  }
  return { connect, close }
}

async function startBridge(
  container: Docker.Container,
  argv: string[],
  architecture: string,
): Promise<BridgeStream> {
  const creating = container.exec({ Cmd: argv, AttachStdin: true, AttachStdout: true, AttachStderr: true })
  const exec = await withTimeout(creating, ENGINE_TIMEOUT_MS)
  const upstream = await withTimeout(exec.start({ hijack: true, stdin: true }), ENGINE_TIMEOUT_MS)
  return new BridgeStream(upstream, async words => {
    const code = await readExitCode(exec)
    if (code === 0) return undefined
    const name = nameBridgeError(architecture, code)
    if (name === undefined)
      return new Error(`the bridge exited ${code}: ${words.trim() || 'it said nothing'}`)
    return new FailedConnection(name)
  })
}

async function readExitCode(exec: Docker.Exec): Promise<number> {
  const deadline = Date.now() + EXIT_TIMEOUT_MS
  for (;;) {
    const { Running, ExitCode } = await withTimeout(exec.inspect(), ENGINE_TIMEOUT_MS)
    if (!Running && ExitCode !== null) return ExitCode
    if (Date.now() > deadline) throw new Error('the engine broke the connection off')
    await sleep(20)
  }
}
