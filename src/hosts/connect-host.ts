import { ArchparityError, describeError } from '../errors.js'
import type { HostFacts } from '../model/host.js'
import { parsePlatform } from '../model/platform.js'
import type { Connection, OpenContext } from './connection.js'
import { sharesCpu } from './cpu-family.js'
import { createEngineClient, redactUrl } from './engine-client.js'
import { gatherHostFacts } from './facts.js'
import type { Host, HostSpec } from './host.js'
import { openConnection } from './kinds/index.js'
import { withTimeout } from './with-timeout.js'

/** How long an engine may take to answer its first request. */
const CONNECT_TIMEOUT_MS = 15_000
/** The API of Docker 19.03 (1.40), which Podman 3 and 4 speak too. */
const OLDEST_API = [1, 40] as const

/**
 * Connects to a host and asks it who it is. Throws ENGINE_UNAVAILABLE, HOST_KEY, ENGINE_UNSUPPORTED or HOST_MISMATCH,
 * naming the host and what to do, where no engine answers, or where it is not the one that was declared.
 */
export async function connectHost(spec: HostSpec, context: OpenContext): Promise<Host> {
  const connection = await openConnection(spec, context)
  try {
    const engine = createEngineClient(connection.dockerHost)
    const facts = await askEngine(spec, connection)
    assertUsable(spec, facts)
    const { architecture, sameKernel } = facts
    return {
      name: spec.name,
      spec,
      facts,
      ...(connection.shell?.user === undefined ? {} : { user: connection.shell.user }),
      engine,
      dockerHost: connection.dockerHost,
      reach: connection.chooseReach({ architecture, sameKernel, rootless: facts.engine.rootless }),
      pid: connection.pid,
      sever: connection.sever,
      close: connection.close,
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}

async function askEngine(spec: HostSpec, connection: Connection): Promise<HostFacts> {
  const shown = redactUrl(spec.endpoint)
  const engine = createEngineClient(connection.dockerHost)
  try {
    return await withTimeout(
      gatherHostFacts(engine, { name: spec.name, kind: connection.kind, endpoint: shown }, connection.shell),
      CONNECT_TIMEOUT_MS,
    )
  } catch (error) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `No container engine answers at ${shown} (from ${spec.from}): ${describeError(error)}`,
      { hint: adviseOnEngine(error, spec), cause: error, details: { host: spec.name, endpoint: shown } },
    )
  }
}

/** An engine that answers may still not be the one that was meant. */
function assertUsable(spec: HostSpec, facts: HostFacts): void {
  const shown = redactUrl(spec.endpoint)
  const details = { host: spec.name, endpoint: shown }
  if (facts.os !== 'linux') {
    throw new ArchparityError('ENGINE_UNAVAILABLE', `The engine at ${shown} runs ${facts.os} containers`, {
      hint: 'Switch it to Linux containers.',
      details,
    })
  }
  const [major = 0, minor = 0] = facts.engine.apiVersion.split('.').map(Number)
  if (major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1])) {
    throw new ArchparityError(
      'ENGINE_UNSUPPORTED',
      `Host ${spec.name}: ${facts.engine.name} ${facts.engine.version} speaks API ${facts.engine.apiVersion}, and ${OLDEST_API.join('.')} is needed`,
      { hint: 'Install Docker 19.03 or later, or Podman 3 or later, on it.', details },
    )
  }
  const declared = spec.platforms?.map(parsePlatform)
  if (declared === undefined || spec.local) return
  if (!declared.some(each => each !== undefined && sharesCpu(facts.architecture, each.architecture))) {
    throw new ArchparityError(
      'HOST_MISMATCH',
      `Host ${spec.name} is declared for ${spec.platforms?.join(', ')}, but its engine is linux/${facts.architecture}`,
      { hint: 'Is it the machine that was meant? Else correct its `platforms`.', details },
    )
  }
}

function adviseOnEngine(error: unknown, spec: HostSpec): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EACCES') {
    return 'Your user may not use the socket: add it to the group that owns it (`sudo usermod -aG docker $USER`, then log in again).'
  }
  if (!spec.local) {
    return `Is the engine of ${spec.name} running? \`archparity doctor --host ${spec.endpoint}\` checks it alone.`
  }
  return 'Start the engine (`sudo systemctl start docker`, or Docker Desktop), or say where it is with DOCKER_HOST. `archparity doctor` checks the rest.'
}
