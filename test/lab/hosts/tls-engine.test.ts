import { readFileSync } from 'node:fs'
import path from 'node:path'
import Docker from 'dockerode'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureImage } from '../ensure-image.js'
import { runInImage } from '../run-in-image.js'
import { listHostLeftovers } from './list-host-leftovers.js'
import { pullImage } from './pull-image.js'
import { findHostProblem, HOST_START_MS } from './requirements.js'
import { startTlsEngine, type TlsEngine } from './tls-engine.js'

const problem = await findHostProblem('tls')

describe.skipIf(problem)('an engine behind TLS', () => {
  let host: TlsEngine
  beforeAll(async () => {
    host = await startTlsEngine()
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  function connect(certificates: string | undefined): Docker {
    const { hostname, port } = new URL(host.endpoint)
    const read = (name: string) => readFileSync(path.join(certificates ?? host.certificates.client, name))
    return new Docker({
      ...{ protocol: 'https', host: hostname, port, timeout: 10_000, ca: read('ca.pem') },
      ...(certificates ? { cert: read('cert.pem'), key: read('key.pem') } : {}),
    })
  }

  test('lets its own clients in, and nobody else', async () => {
    const { client, stranger } = host.certificates
    const info = await connect(client).info()
    expect(info).toMatchObject({ Name: 'lab-tls', Driver: 'overlay2' })
    await expect(connect(stranger).ping()).rejects.toThrow(/alert|ECONNRESET/)
    await expect(connect(undefined).ping()).rejects.toThrow(/alert|ECONNRESET/)
  })

  test('is known to Docker by its environment and by its context', async () => {
    const ask = (env: NodeJS.ProcessEnv) =>
      execa('docker', ['info', '--format', '{{.Name}}'], { env: { DOCKER_HOST: undefined, ...env } })
    expect((await ask({ ...host.env, DOCKER_HOST: host.endpoint })).stdout).toBe('lab-tls')
    expect((await ask({ DOCKER_CONFIG: host.dockerConfig, DOCKER_CONTEXT: 'lab-tls' })).stdout).toBe(
      'lab-tls',
    )
  })

  test('pulls the reference that the lab gives, and runs it', async () => {
    const image = await ensureImage('healthy')
    const engine = connect(host.certificates.client)
    await pullImage(engine, image)
    expect(await runInImage(engine, image)).toBe('archparity lab 1.0\n')
  })

  test('survives its engine, and leaves nothing', async () => {
    await host.killEngine()
    await expect(connect(host.certificates.client).ping()).rejects.toThrow()
    await host.startEngine()
    expect((await connect(host.certificates.client).info()).Name).toBe('lab-tls')
    await host.stop()
    expect(await listHostLeftovers()).toEqual([])
  })
})
