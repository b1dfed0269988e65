import { chmod, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'

/** Keys of a host and of its users, on this machine. */
export interface SshKeys {
  /** Public key of the host: type and key. */
  readonly host: string
  /** One that the host does not have. */
  readonly wrongHost: string
  /** Private key of a user, whom the host lets in. */
  readonly user: string
  /** Private key that the host does not know. */
  readonly wrongUser: string
}

/** Makes the keys of a host in `client`, and puts what its sshd reads into `lab`, the host's `/lab`. */
export async function makeSshKeys(client: string, lab: string): Promise<SshKeys> {
  for (const folder of [client, lab]) await mkdir(folder, { recursive: true })
  await chmod(client, 0o700)
  for (const name of ['host', 'wrong_host', 'user', 'wrong_user']) {
    const file = path.join(client, name)
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file])
  }
  await rename(path.join(client, 'host'), path.join(lab, 'host_key'))
  await copyFile(path.join(client, 'user.pub'), path.join(lab, 'authorized_keys'))
  await writeFile(path.join(lab, 'sshd_config'), SSHD_CONFIG)
  return await readSshKeys(client)
}

/** The keys that `makeSshKeys` has made. */
export async function readSshKeys(client: string): Promise<SshKeys> {
  const readPublic = async (name: string) => (await readFile(path.join(client, `${name}.pub`), 'utf8')).trim()
  return {
    host: await readPublic('host'),
    wrongHost: await readPublic('wrong_host'),
    user: path.join(client, 'user'),
    wrongUser: path.join(client, 'wrong_user'),
  }
}

const SSHD_CONFIG = `HostKey /lab/host_key
AuthorizedKeysFile /lab/authorized_keys
PidFile /run/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxSessions 100
MaxStartups 100
Subsystem sftp /usr/lib/openssh/sftp-server
`
