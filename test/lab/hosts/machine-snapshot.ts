import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { buildOnce } from './build-once.js'
import { isRunning } from './live-process.js'
import { connectMachine } from './machine-connection.js'
import type { MachineImage } from './machine-image.js'
import { MACHINE_MEGABYTES, type MachineRecipe } from './machine-recipes.js'
import { type Qemu, startQemu } from './qemu.js'
import { createRunFolder } from './run-folder.js'
import { readSources } from './sources.js'

/** A folder of the cache with `disk` (qcow2 over the image's) and `state`: a machine whose engine answers. */
export type MachineSnapshot = string

/**
 * A container is made and removed, so that the first one of a test finds its programs in memory, and a rule is made that
 * loads what redirecting takes.
 */
const WARM_UP = `export PATH=/usr/sbin:/usr/bin:/sbin:/bin
set -e
tar -c -C / usr/bin/busybox | docker import - lab-warm-up >/dev/null
docker run --rm lab-warm-up /usr/bin/busybox true
docker image rm lab-warm-up >/dev/null
/lab/forward 1
sync`

/** Boots a machine once and keeps the moment when it is ready, from which every later start goes on. */
export async function ensureMachineSnapshot(
  recipe: MachineRecipe,
  image: MachineImage,
): Promise<MachineSnapshot> {
  const { stdout: version } = await execa(recipe.qemu.command, ['--version'])
  const sources = await readSources('machine-snapshot.ts', 'qemu.ts')
  const key = [recipe, image, version, MACHINE_MEGABYTES, sources]
  return await buildOnce(`snapshot-${recipe.debian}`, key, async folder => {
    const run = await createRunFolder()
    try {
      const disk = path.join(folder, 'disk')
      await execa('qemu-img', [
        'create',
        '-q',
        '-f',
        'qcow2',
        '-F',
        'raw',
        '-b',
        path.join(image, 'disk'),
        disk,
      ])
      const qemu = await startQemu(run, { recipe, image, disk })
      const connection = await connectMachine(run, { name: 'lab-machine', image, qemu })
      await connection.waitForEngine()
      await connection.must(WARM_UP)
      // No connection may be in the snapshot: its other end would be gone.
      await connection.close()
      await sleep(1000)
      await saveState(qemu, path.join(folder, 'state'))
    } finally {
      await run.remove()
    }
  })
}

/** QEMU's migration, into a file instead of to another machine. */
async function saveState(qemu: Qemu, file: string): Promise<void> {
  await qemu.ask('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 })
  await qemu.ask('migrate', { uri: `exec:cat >${file}` })
  for (;;) {
    const { status } = (await qemu.ask('query-migrate')) as { status: string }
    if (status === 'completed') break
    if (status === 'failed' || status === 'cancelled') throw new Error(`QEMU saves no state: ${status}`)
    await sleep(100)
  }
  await qemu.ask('quit')
  for (let waited = 0; waited < 10_000 && isRunning(qemu.process); waited += 50) await sleep(50)
}
