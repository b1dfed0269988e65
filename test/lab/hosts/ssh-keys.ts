import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
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
  await mkdir(client, { recursive: true })
  await mkdir(lab, { recursive: true })
  await chmod(client, 0o700)
  const files = [
    path.join(lab, 'host_key'),
    ...['wrong_host', 'user', 'wrong_user'].map(name => path.join(client, name)),
  ]
  for (const file of files)
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file])
  const readPublic = async (file = '') => (await readFile(`${file}.pub`, 'utf8')).trim()
  const [host, wrongHost, user, wrongUser] = files
  await writeFile(path.join(lab, 'authorized_keys'), `${await readPublic(user)}\n`)
  await writeFile(path.join(lab, 'sshd_config'), SSHD_CONFIG)
  return {
    host: await readPublic(host),
    wrongHost: await readPublic(wrongHost),
    user: user ?? '',
    wrongUser: wrongUser ?? '',
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
