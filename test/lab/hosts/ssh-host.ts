import { inject } from 'vitest'
import '../provided.js'
import { startDockerHost } from './docker-host.js'
import { forwardRegistries } from './engine-host.js'
import type { LabHost } from './host.js'
import { ensureRequirements } from './requirements.js'
import { createRunFolder } from './run-folder.js'
import { type SshAccess, writeSshAccess } from './ssh-access.js'
import { makeSshKeys } from './ssh-keys.js'

export interface SshHostOptions {
  /** What ssh calls it; `lab-ssh` by default. */
  readonly name?: string
  /** The disk of the engine's images and containers, and nothing else: 4096 by default; 100 are soon full. */
  readonly diskMegabytes?: number
  /** Registries of this machine's loopback that are the same inside; by default the lab's two. */
  readonly registries?: readonly string[]
}

/** A host that is reached by ssh; as `NAME` and under the other names of SSH_LOGINS. */
export interface SshHost extends LabHost {
  readonly ssh: SshAccess
  /** Ends every ssh connection at once, as the far side sees it; new ones are taken. */
  dropConnections(): Promise<void>
}

/**
 * Starts a second host on this machine: namespaces of its own, its own sshd, and a newer Docker than the machine's,
 * with the containerd image store. The caller stops it, best in `afterAll`.
 */
export async function startSshHost({
  name = 'lab-ssh',
  diskMegabytes = 4096,
  registries = [inject('registry'), inject('authRegistry')],
}: SshHostOptions = {}): Promise<SshHost> {
  await ensureRequirements('ssh')
  const run = await createRunFolder()
  try {
    const keys = await makeSshKeys(run.find('ssh'), run.find('lab'))
    const settings = {
      features: { 'containerd-snapshotter': true },
      'insecure-registries': ['10.0.2.2/32'],
    }
    const { host, namespace } = await startDockerHost(run, { name, diskMegabytes, settings })
    await forwardRegistries(host, registries)
    const ssh = await writeSshAccess(run.find('ssh'), { name, port: await namespace.publish(22), keys })
    return {
      ...host,
      ssh,
      endpoint: `ssh://${name}`,
      env: { PATH: `${ssh.bin}:${process.env.PATH}` },
      dropConnections: async () => void (await host.must('/lab/drop')),
    }
  } catch (error) {
    await run.remove()
    throw error
  }
}
