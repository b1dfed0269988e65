import path from 'node:path'
import { execa } from 'execa'
import { inject } from 'vitest'
import '../provided.js'
import { forwardRegistries } from './engine-host.js'
import type { LabHost } from './host.js'
import { connectMachine } from './machine-connection.js'
import { ensureMachineImage } from './machine-image.js'
import { MACHINES, type MachineName } from './machine-recipes.js'
import { ensureMachineSnapshot } from './machine-snapshot.js'
import { startQemu } from './qemu.js'
import { ensureRequirements } from './requirements.js'
import { createRunFolder } from './run-folder.js'
import type { SshHost } from './ssh-host.js'

export interface MachineOptions {
  /** What ssh calls it; `lab-arm64` by default for `arm64`. */
  readonly name?: string
  /** Registries of this machine's loopback that are the same inside; by default the lab's two. */
  readonly registries?: readonly string[]
}

/**
 * Starts a machine of another architecture: emulated instructions, and everything else its own, kernel and engine
 * (Docker 20.10, classic image store). It goes on from a snapshot; the first start on this machine makes the image
 * and the snapshot. The caller stops it, best in `afterAll`.
 */
export async function startMachine(
  machine: MachineName,
  { name = `lab-${machine}`, registries = [inject('registry'), inject('authRegistry')] }: MachineOptions = {},
): Promise<SshHost> {
  await ensureRequirements(`machine-${machine}`)
  const recipe = MACHINES[machine]
  const image = await ensureMachineImage(recipe)
  const snapshot = await ensureMachineSnapshot(recipe, image)
  const run = await createRunFolder()
  try {
    const [disk, base] = [run.find('disk'), path.join(snapshot, 'disk')]
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, disk])
    const qemu = await startQemu(run, { recipe, image, disk, state: path.join(snapshot, 'state') })
    const connection = await connectMachine(run, { name, image, qemu })
    await connection.must(`/lab/machine-resume ${name} ${Date.now() / 1000}`)
    await forwardRegistries(connection, registries)
    await connection.waitForEngine()
    const host: LabHost = {
      ...connection,
      endpoint: `ssh://${name}`,
      env: { PATH: `${connection.ssh.bin}:${process.env.PATH}` },
    }
    return {
      ...host,
      ssh: connection.ssh,
      dropConnections: async () => {
        // It ends the connection that it came by, too.
        await connection.run('/lab/drop').catch(() => undefined)
        await connection.reopen()
      },
    }
  } catch (error) {
    await run.remove()
    throw error
  }
}
