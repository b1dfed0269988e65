import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureImage } from '../ensure-image.js'
import { runInImage } from '../run-in-image.js'
import type { LabHost } from './host.js'
import { listHostLeftovers } from './list-host-leftovers.js'
import { startPodman } from './podman.js'
import { pullImage } from './pull-image.js'
import { findHostProblem, HOST_START_MS } from './requirements.js'

const problem = await findHostProblem('podman')

describe.skipIf(problem)('Podman', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startPodman()
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  test('answers as Docker would, with storage of its own', async () => {
    const version = await host.engine.version()
    expect(version.Components?.map(one => one.Name)).toContain('Podman Engine')
    const info = await host.engine.info()
    expect(info).toMatchObject({ Name: 'lab-podman', DockerRootDir: '/var/lib/containers/storage' })
    expect(info).toMatchObject({ Images: 0, Containers: 0 })
  })

  test('pulls the reference that the lab gives, and runs it', async () => {
    const image = await ensureImage('healthy')
    await pullImage(host.engine, image)
    expect(await runInImage(host.engine, image)).toBe('archparity lab 1.0\n')
    expect((await host.run('podman images --format "{{.Repository}}"')).output).toBe(
      image.replace(/:latest$/, ''),
    )
  })

  test('survives its engine, and leaves nothing', async () => {
    await host.killEngine()
    await expect(host.engine.ping()).rejects.toThrow()
    await host.startEngine()
    expect((await host.engine.info()).Name).toBe('lab-podman')
    await host.stop()
    expect(await listHostLeftovers()).toEqual([])
  })
})
