import { ensureDebianRoot } from './debian-root.js'
import { createEngineHost, type EngineHost } from './engine-host.js'
import { type Namespace, readBootLog, startNamespace } from './namespace.js'
import { NEWER_DOCKER_ROOT } from './root-recipes.js'
import type { RunFolder } from './run-folder.js'

export interface DockerHostOptions {
  readonly name: string
  readonly diskMegabytes: number
  /** Settings of the engine (dockerd's daemon.json). */
  readonly settings: Readonly<Record<string, unknown>>
  /** Files that it sees below `/lab`: name → text. */
  readonly texts?: Readonly<Record<string, string>>
}

/** Starts a host in namespaces with a newer Docker than the machine's own, and waits until its engine answers. */
export async function startDockerHost(
  run: RunFolder,
  { name, diskMegabytes, settings, texts = {} }: DockerHostOptions,
): Promise<{ host: EngineHost; namespace: Namespace }> {
  const namespace = await startNamespace(run, {
    ...{ name, diskMegabytes, data: '/var/lib/docker' },
    root: await ensureDebianRoot('newer-docker', NEWER_DOCKER_ROOT),
    files: {
      engine: 'dockerd --config-file /lab/daemon.json',
      scripts: ['boot', 'start', 'forward', 'drop'],
      texts: { ...texts, 'daemon.json': JSON.stringify(settings) },
    },
  })
  const hardware = { ...namespace, stop: () => run.remove() }
  const socketPath = namespace.find('/run/docker.sock')
  const readLog = () => readBootLog(run)
  const host = createEngineHost({ name, hardware, socketPath, readLog, patienceMs: 60_000 })
  await host.waitForEngine()
  return { host, namespace }
}
