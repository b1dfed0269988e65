import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { Agent } from 'undici'
import type { Reach } from '../../model/reach.js'
import { CheckFailure } from '../failure.js'
import { knockThroughForward } from './knock.js'
import type { Carrier } from './reach-port.js'

const run = promisify(execFile)
const FORWARD_TIMEOUT_MS = 20_000

/** Ports of hosts that are forwarded here by ssh, one socket each, for as long as the connection lives. */
const forwards = new Map<string, Promise<Carrier>>()

/** What carries requests to `remote` (`address:port`, as the host sees it) through the host's ssh connection. */
export function forwardPort(reach: Extract<Reach, { kind: 'ssh' }>, remote: string): Promise<Carrier> {
  const known = forwards.get(remote) ?? startForward(reach, remote)
  forwards.set(remote, known)
  known.catch(() => forwards.delete(remote))
  return known
}

async function startForward(reach: Extract<Reach, { kind: 'ssh' }>, remote: string): Promise<Carrier> {
  const socketPath = path.join(reach.directory, `${process.pid.toString(36)}-${forwards.size.toString(36)}.p`)
  try {
    await run('ssh', ['-O', 'forward', '-L', `${socketPath}:${remote}`, ...reach.mux], {
      timeout: FORWARD_TIMEOUT_MS,
    })
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? (error as Error).message).trim()
    throw new CheckFailure(
      'infrastructure',
      'PORT_UNREACHABLE',
      `Port ${remote} of the host cannot be forwarded by ssh: ${said.slice(0, 300)}. Its sshd must allow it (AllowTcpForwarding yes).`,
      error,
    )
  }
  return { dispatcher: new Agent({ connect: { socketPath } }), knock: () => knockThroughForward(socketPath) }
}
