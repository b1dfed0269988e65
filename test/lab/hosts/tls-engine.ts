import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { inject } from 'vitest'
import '../provided.js'
import { type Certificates, makeCertificates } from './certificates.js'
import { writeDockerContext } from './docker-context.js'
import { startDockerHost } from './docker-host.js'
import { forwardRegistries } from './engine-host.js'
import type { LabHost } from './host.js'
import { ensureRequirements } from './requirements.js'
import { createRunFolder } from './run-folder.js'

export interface TlsEngineOptions {
  /** Its host name, and that of its Docker context; `lab-tls` by default. */
  readonly name?: string
  readonly diskMegabytes?: number
  /** Registries of this machine's loopback that are the same inside; by default the lab's two. */
  readonly registries?: readonly string[]
}

/** An engine at `tcp://127.0.0.1:PORT` that wants a client's certificate. `env` has DOCKER_TLS_VERIFY and DOCKER_CERT_PATH. */
export interface TlsEngine extends LabHost {
  readonly certificates: Certificates
  /** A folder for DOCKER_CONFIG in which a context of the host's name leads to the engine. */
  readonly dockerConfig: string
}

/**
 * Starts an engine behind TLS with certificates on both sides: a host in namespaces, with a newer Docker than the
 * machine's, and the classic image store. The caller stops it, best in `afterAll`.
 */
export async function startTlsEngine({
  name = 'lab-tls',
  diskMegabytes = 4096,
  registries = [inject('registry'), inject('authRegistry')],
}: TlsEngineOptions = {}): Promise<TlsEngine> {
  await ensureRequirements('tls')
  const run = await createRunFolder()
  try {
    const certificates = await makeCertificates(run.find('tls'))
    const { host, namespace } = await startDockerHost(run, {
      ...{ name, diskMegabytes },
      settings: {
        hosts: ['unix:///run/docker.sock', 'tcp://0.0.0.0:2376'],
        ...{ tlsverify: true, tlscacert: '/lab/ca.pem', tlscert: '/lab/cert.pem', tlskey: '/lab/key.pem' },
        ...{ 'storage-driver': 'overlay2', features: { 'containerd-snapshotter': false } },
      },
      texts: await readPems(certificates.server),
    })
    await forwardRegistries(host, registries)
    const endpoint = `tcp://127.0.0.1:${await namespace.publish(2376)}`
    const dockerConfig = run.find('docker')
    await writeDockerContext(dockerConfig, { name, host: endpoint, certificates: certificates.client })
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates.client }
    return { ...host, endpoint, env, certificates, dockerConfig }
  } catch (error) {
    await run.remove()
    throw error
  }
}

async function readPems(folder: string): Promise<Record<string, string>> {
  const names = ['ca.pem', 'cert.pem', 'key.pem']
  const texts = names.map(async name => [name, await readFile(path.join(folder, name), 'utf8')])
  return Object.fromEntries(await Promise.all(texts))
}
