import { ArchparityError, describeError } from '../errors.js'
import { findLocalEndpoint } from './endpoint.js'
import { createEngineClient, redactUrl } from './engine-client.js'
import { gatherHostFacts } from './facts.js'
import type { Host } from './host.js'
import { withTimeout } from './with-timeout.js'

/** How long an engine may take to answer its first request. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Connects to the engine on this machine. Throws ENGINE_UNAVAILABLE, naming the endpoint and the fix, where
 * none answers or where it is one that does not run Linux containers.
 */
export async function connectLocalHost(env: NodeJS.ProcessEnv = process.env): Promise<Host> {
  const endpoint = await findLocalEndpoint(env)
  const engine = createEngineClient(endpoint.url)
  const shown = redactUrl(endpoint.url)
  let facts: Awaited<ReturnType<typeof gatherHostFacts>>
  try {
    facts = await withTimeout(gatherHostFacts(engine, 'local', shown), CONNECT_TIMEOUT_MS)
  } catch (error) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `No container engine answers at ${shown} (from ${endpoint.from}): ${describeError(error)}`,
      { hint: adviseOnEngine(error), cause: error, details: { endpoint: shown } },
    )
  }
  if (facts.os !== 'linux') {
    throw new ArchparityError('ENGINE_UNAVAILABLE', `The engine at ${shown} runs ${facts.os} containers`, {
      hint: 'Switch it to Linux containers.',
    })
  }
  return {
    name: 'local',
    facts,
    engine,
    dockerHost: endpoint.url,
    bridgeReachable: facts.sameKernel && !facts.engine.rootless,
    close: async () => {},
  }
}

function adviseOnEngine(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EACCES') {
    return 'Your user may not use the socket: add it to the group that owns it (`sudo usermod -aG docker $USER`, then log in again).'
  }
  return 'Start the engine (`sudo systemctl start docker`, or Docker Desktop), or say where it is with DOCKER_HOST. `archparity doctor` checks the rest.'
}
