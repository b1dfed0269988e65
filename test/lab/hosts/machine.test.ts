import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureImage } from '../ensure-image.js'
import { runInImage } from '../run-in-image.js'
import { listHostLeftovers } from './list-host-leftovers.js'
import { startMachine } from './machine.js'
import { pullImage } from './pull-image.js'
import { findHostProblem, HOST_START_MS } from './requirements.js'
import type { SshHost } from './ssh-host.js'

const problem = await findHostProblem('machine-arm64')

describe.skipIf(problem)('an arm64 machine', () => {
  let host: SshHost
  beforeAll(async () => {
    host = await startMachine('arm64')
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  const login = (...args: string[]) =>
    execa('ssh', ['-o', 'BatchMode=yes', ...args], {
      ...{ env: host.env, reject: false, all: true, stdin: 'ignore' },
    })

  test('has a kernel, an engine and a clock of its own', async () => {
    const info = await host.engine.info()
    expect(info).toMatchObject({ Name: 'lab-arm64', Driver: 'overlay2', Architecture: 'aarch64' })
    expect(info.KernelVersion).toContain('arm64')
    // The snapshot's own clock is as old as the snapshot.
    expect(Math.abs(Date.parse(info.SystemTime) - Date.now())).toBeLessThan(60_000)
    expect((await login('lab-arm64', 'uname -nm')).stdout).toBe('lab-arm64 aarch64')
  })

  test('pulls the reference that the lab gives, and runs it natively', async () => {
    const image = await ensureImage('healthy')
    await pullImage(host.engine, image)
    const output = await runInImage(host.engine, image, ['sh', '-c', '/app; uname -m; readlink /proc/$$/exe'])
    // Under qemu-user the program of every process would be the emulator.
    expect(output).toBe('archparity lab 1.0\naarch64\n/bin/busybox\n')
  })

  test('survives its engine, lost connections, a cut network and a freeze', async () => {
    await host.killEngine()
    await expect(host.engine.ping()).rejects.toThrow()
    await host.startEngine()
    await host.dropConnections()
    expect(String(await host.engine.ping())).toBe('OK')
    for (const [harm, mend] of [
      ['cutNetwork', 'healNetwork'],
      ['freeze', 'thaw'],
    ] as const) {
      await host[harm]()
      expect((await login('-o', 'ConnectTimeout=2', 'lab-arm64', 'true')).exitCode).toBe(255)
      await host[mend]()
      expect((await login('lab-arm64', 'echo again')).stdout).toBe('again')
    }
  })

  test('leaves nothing', async () => {
    await host.powerOff()
    expect((await login('lab-arm64', 'true')).all).toContain('Connection refused')
    await host.stop()
    await host.stop()
    expect(await listHostLeftovers()).toEqual([])
  })
})
