import { startDockerHost } from './docker-host.js'
import { ensureRequirements } from './requirements.js'
import { createRunFolder } from './run-folder.js'

/** Starts a host and never stops it: whoever runs this is going to be killed. */
export async function startForEver(parent: string): Promise<void> {
  await ensureRequirements('ssh')
  const run = await createRunFolder(parent)
  await startDockerHost(run, { name: 'lab-killed', diskMegabytes: 256, settings: {} })
  process.stdout.write('started\n')
  await new Promise(resolve => setTimeout(resolve, 600_000))
}
