import { ArchparityError, describeError } from '../../errors.js'
import type { Connection, OpenContext } from '../connection.js'
import type { HostSpec } from '../host.js'
import { nameSocket } from '../name-socket.js'
import { parseSshEndpoint, type SshDestination } from '../ssh/destination.js'
import { parseShellFacts, SHELL_FACTS_SCRIPT, type ShellFacts } from '../ssh/shell-facts.js'
import { type SshMaster, startSshMaster } from '../ssh/ssh-master.js'

/**
 * An engine behind a login: its socket is forwarded to one of this machine through a single ssh connection, which
 * also answers for the host's facts and carries the ports of its containers.
 */
export async function openSsh(spec: HostSpec, context: OpenContext): Promise<Connection> {
  const destination = parseSshEndpoint(spec)
  const control = nameSocket(context.directory, spec.name, 'c')
  const master = await startSshMaster(spec.name, destination, control, context.env, context.signal)
  try {
    const shell = parseShellFacts(await askShell(master, spec))
    const remote = destination.socket ?? chooseSocket(shell, spec, destination)
    const local = nameSocket(context.directory, spec.name)
    await master.forwardSocket(local, remote).catch(error => {
      throw new ArchparityError(
        'ENGINE_UNAVAILABLE',
        `Host ${spec.name}: the socket ${remote} cannot be forwarded: ${describeError(error)}`,
        { hint: 'Its sshd must allow it: AllowStreamLocalForwarding yes in sshd_config.', cause: error },
      )
    })
    return {
      kind: 'ssh',
      dockerHost: `unix://${local}`,
      // The login is not in the network of a rootless engine's containers.
      chooseReach: ({ architecture, rootless }) =>
        rootless
          ? { kind: 'engine', architecture }
          : { kind: 'ssh', architecture, mux: master.mux, directory: context.directory },
      shell,
      pid: master.pid,
      sever: master.sever,
      close: master.close,
    }
  } catch (error) {
    await master.close()
    throw error
  }
}

async function askShell(master: SshMaster, spec: HostSpec): Promise<string> {
  try {
    return await master.runScript(SHELL_FACTS_SCRIPT)
  } catch (error) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `Host ${spec.name}: its shell does not answer: ${describeError(error)}`,
      { hint: 'The login needs a POSIX shell.', cause: error },
    )
  }
}

function chooseSocket(
  { sockets, user }: ShellFacts,
  spec: HostSpec,
  { destination }: SshDestination,
): string {
  const usable = sockets.find(socket => socket.usable)
  if (usable !== undefined) return usable.path
  const closed = sockets[0]
  if (closed !== undefined) {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `Host ${spec.name}: user ${user ?? 'of the login'} may not use ${closed.path}`,
      {
        hint: `Add the user to the group that owns it: ssh ${destination} 'sudo usermod -aG docker ${user ?? '$USER'}'.`,
        details: { host: spec.name, socket: closed.path },
      },
    )
  }
  throw new ArchparityError(
    'ENGINE_UNAVAILABLE',
    `Host ${spec.name}: no container engine's socket was found there`,
    {
      hint: `Start the engine there, or name its socket: ssh://${destination}/path/of/docker.sock.`,
      details: { host: spec.name },
    },
  )
}
