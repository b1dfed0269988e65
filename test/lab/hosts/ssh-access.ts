import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findCommand } from '../../../scripts/setup/find-command.mjs'
import type { SshKeys } from './ssh-keys.js'

/** How this machine's ssh reaches a host. */
export interface SshAccess {
  /** An ssh configuration, to be used with `ssh -F`. */
  readonly config: string
  /** Holds a program `ssh` that uses the configuration: to be put first in PATH. */
  readonly bin: string
}

/** Endings of the names under which a host is known beside its own, each with something wrong or other. */
export const SSH_LOGINS = {
  /** A user of group `docker`. */
  member: '-member',
  /** A user who may not use the engine's socket. */
  stranger: '-stranger',
  /** known_hosts has another key for the host. */
  impostor: '-impostor',
  /** known_hosts does not have the host. */
  unknown: '-unknown',
  /** The host does not let the key in. */
  locked: '-locked',
  /** Nothing listens on the port. */
  closed: '-closed',
} as const

/**
 * Writes what ssh needs for a host: `NAME` is root on it, `NAME-stranger`, `NAME-impostor`, ... are faults (SSH_LOGINS).
 * The user's own configuration, agent and keys have no part in it, and host keys are checked.
 */
export async function writeSshAccess(
  folder: string,
  host: { name: string; port: number; keys: SshKeys },
): Promise<SshAccess> {
  const { name, port, keys } = host
  await mkdir(folder, { recursive: true })
  const find = (file: string) => path.join(folder, file)
  const known = (key: string) => `[127.0.0.1]:${port} ${key}\n`
  await writeFile(find('known_hosts'), known(keys.host))
  await writeFile(find('wrong_hosts'), known(keys.wrongHost))
  await writeFile(find('no_hosts'), '')
  const word = (ending: string, changes: Readonly<Record<string, string | number>> = {}) => {
    const settings = {
      ...{ HostName: '127.0.0.1', Port: port, User: 'root', IdentityFile: keys.user, IdentitiesOnly: 'yes' },
      ...{
        IdentityAgent: 'none',
        UserKnownHostsFile: find('known_hosts'),
        GlobalKnownHostsFile: '/dev/null',
      },
      ...{ StrictHostKeyChecking: 'yes', ...changes },
    }
    const lines = Object.entries(settings).map(([key, value]) => `  ${key} ${value}\n`)
    return `Host ${name}${ending}\n${lines.join('')}`
  }
  const config = find('config')
  await writeFile(
    config,
    [
      word(''),
      word(SSH_LOGINS.member, { User: 'member' }),
      word(SSH_LOGINS.stranger, { User: 'stranger' }),
      word(SSH_LOGINS.impostor, { UserKnownHostsFile: find('wrong_hosts') }),
      word(SSH_LOGINS.unknown, { UserKnownHostsFile: find('no_hosts') }),
      word(SSH_LOGINS.locked, { IdentityFile: keys.wrongUser }),
      // The discard port: nothing has listened there for decades.
      word(SSH_LOGINS.closed, { Port: 9 }),
    ].join('\n'),
  )
  return await writeSshWrapper(folder, config)
}

/**
 * ssh takes its configuration from the home folder of the password database, whatever HOME says: a program of that name
 * first in PATH gives it another.
 */
export async function writeSshWrapper(folder: string, config: string): Promise<SshAccess> {
  const bin = path.join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  const ssh = findCommand('ssh') ?? '/usr/bin/ssh'
  await writeFile(path.join(bin, 'ssh'), `#!/bin/sh\nexec ${ssh} -F ${config} "$@"\n`, { mode: 0o755 })
  return { config, bin }
}
