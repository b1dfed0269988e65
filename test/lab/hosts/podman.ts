import { inject } from 'vitest'
import '../provided.js'
import { createEngineHost, forwardRegistries } from './engine-host.js'
import type { LabHost } from './host.js'
import { readBootLog, startNamespace } from './namespace.js'
import { ensureRequirements } from './requirements.js'
import { createRunFolder } from './run-folder.js'

export interface PodmanOptions {
  /** Its host name; `lab-podman` by default. */
  readonly name?: string
  readonly diskMegabytes?: number
  /** Registries of this machine's loopback that are the same inside, without TLS; by default the lab's two. */
  readonly registries?: readonly string[]
}

/** In place of the machine's own in /etc/containers, of which it sees a copy. */
const SETTINGS = {
  'containers.conf': `[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
log_driver = "k8s-file"
`,
  'storage.conf': `[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
`,
}

/**
 * Starts Podman's service with its Docker API at `unix:///PATH`: this machine's own programs, in namespaces, with
 * storage, network and settings apart from whatever Podman this machine has. The caller stops it, best in `afterAll`.
 */
export async function startPodman({
  name = 'lab-podman',
  diskMegabytes = 4096,
  registries = [inject('registry'), inject('authRegistry')],
}: PodmanOptions = {}): Promise<LabHost> {
  await ensureRequirements('podman')
  const run = await createRunFolder()
  try {
    const insecure = registries
      .filter(Boolean)
      .map(registry => `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`)
    const serve = 'podman system service --time=0 unix:///lab/podman.sock'
    const namespace = await startNamespace(run, {
      ...{ name, diskMegabytes, root: '/', data: '/var/lib/containers' },
      files: {
        engine: `sh -c 'cp /lab/*.conf /etc/containers && exec ${serve}'`,
        scripts: ['boot', 'start', 'forward'],
        texts: { ...SETTINGS, 'registries.conf': insecure.join('') },
      },
    })
    const socketPath = run.find('lab/podman.sock')
    const hardware = { ...namespace, stop: () => run.remove() }
    const readLog = () => readBootLog(run)
    const host = createEngineHost({ name, hardware, socketPath, readLog, patienceMs: 60_000 })
    await host.waitForEngine()
    await forwardRegistries(host, registries)
    return { ...host, endpoint: `unix://${socketPath}`, env: {} }
  } catch (error) {
    await run.remove()
    throw error
  }
}
