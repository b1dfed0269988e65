import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { type OpenSocket, parseSocketTable } from '../../suites/goss/socket-table.js'
import { readPort } from '../../suites/goss/subjects.js'
import type { ContainerHandle } from '../container/container-handle.js'
import type { CommandOutcome } from '../exec/command.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import { type Look, makeSight, type Sight } from './look.js'

const NETWORKS = ['tcp', 'tcp6', 'udp', 'udp6'] as const

/** A kernel without IPv6 has no tables of it. Only words that shells have built in. */
const TABLES_SCRIPT = `for network in ${NETWORKS.join(' ')}; do echo "table $network"; { while IFS= read -r line; do echo "$line"; done </proc/net/$network; } 2>/dev/null; done`

/** Programs that an image without a shell may have. */
const READERS = [['cat'], ['busybox', 'cat'], ['/bin/busybox', 'cat']] as const

/** Architectures whose kernels write words with the first byte first. */
const BIG_ENDIAN = ['s390x', 'ppc64', 'ppc', 'mips', 'mips64']

/** Looks for a socket in the tables of the kernel, as they are in the container's network. */
export async function lookAtPort(check: GossCheck, { handle, signal }: Look): Promise<Sight> {
  const { network, port } = readPort(check.subject)
  const sockets = (await readSockets(handle, signal)).filter(
    each => each.network === network && each.port === port,
  )
  const ip = [...new Set(sockets.map(({ address }) => address))].sort()
  return makeSight(check, { listening: sockets.length > 0, ip })
}

async function readSockets(handle: ContainerHandle, signal: AbortSignal): Promise<OpenSocket[]> {
  const { reach, shell } = getWorker().context
  const order = BIG_ENDIAN.includes(reach.architecture) ? 'big' : 'little'
  const text = shell === undefined ? await readByProgram(handle, signal) : await readByShell(handle, signal)
  const tables = new Map(
    text.split(/^table /m).map(each => [each.slice(0, each.indexOf('\n')), each] as const),
  )
  if (!/local_address/.test(tables.get('tcp') ?? ''))
    throw new CheckFailure(
      'infrastructure',
      'PORTS_UNKNOWN',
      'The container shows no /proc/net/tcp, so its ports cannot be known',
    )
  return NETWORKS.flatMap(network => parseSocketTable(network, tables.get(network) ?? '', order))
}

async function readByShell(handle: ContainerHandle, signal: AbortSignal): Promise<string> {
  return readWhole(await handle.exec(TABLES_SCRIPT, {}, signal, []))
}

async function readByProgram(handle: ContainerHandle, signal: AbortSignal): Promise<string> {
  for (const reader of READERS) {
    const outcomes = []
    for (const network of NETWORKS) {
      const outcome = await handle.exec([...reader, `/proc/net/${network}`], {}, signal, [])
      if (outcome.startError !== undefined) break
      outcomes.push(`table ${network}\n${readWhole(outcome)}`)
    }
    if (outcomes.length > 0) return outcomes.join('')
  }
  throw new CheckFailure(
    'infrastructure',
    'PORTS_UNKNOWN',
    'This image has neither a shell nor cat, so /proc/net cannot be read and its ports cannot be known: write an http or addr check',
  )
}

/** Of half a table nothing can be said. */
function readWhole({ stdout, timedOut }: CommandOutcome): string {
  if (!timedOut && !stdout.truncated) return stdout.kept.toString('latin1')
  throw new CheckFailure(
    'infrastructure',
    'PORTS_UNKNOWN',
    `/proc/net cannot be read whole, so the container’s ports cannot be known: ${timedOut ? 'it took too long' : 'raise maxOutput'}`,
  )
}
