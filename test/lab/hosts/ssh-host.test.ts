import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureImage } from '../ensure-image.js'
import { runInImage } from '../run-in-image.js'
import { listHostLeftovers } from './list-host-leftovers.js'
import { pullImage } from './pull-image.js'
import { findHostProblem, HOST_START_MS } from './requirements.js'
import { SSH_LOGINS } from './ssh-access.js'
import { type SshHost, startSshHost } from './ssh-host.js'

const problem = await findHostProblem('ssh')

describe.skipIf(problem)('a host behind ssh', () => {
  let host: SshHost
  beforeAll(async () => {
    host = await startSshHost()
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  const login = (name: string, ...command: string[]) =>
    execa('ssh', ['-o', 'BatchMode=yes', name, ...command], {
      ...{ env: host.env, reject: false, all: true, stdin: 'ignore' },
    })

  test('has a name, an engine and an image store of its own', async () => {
    const info = await host.engine.info()
    expect(info).toMatchObject({ Name: 'lab-ssh', Driver: 'overlayfs', Architecture: 'x86_64' })
    expect(Number.parseInt(info.ServerVersion, 10)).toBeGreaterThan(20)
    expect((await host.run('stat --file-system --format %T /var/lib/docker')).output).toBe('ext2/ext3')
    const { stdout } = await login('lab-ssh', 'uname -n && docker info --format "{{.Name}}"')
    expect(stdout).toBe('lab-ssh\nlab-ssh')
  })

  test("is reached by Docker's own client", async () => {
    const env = { ...host.env, DOCKER_HOST: host.endpoint }
    expect((await execa('docker', ['info', '--format', '{{.Name}}'], { env })).stdout).toBe('lab-ssh')
  })

  test('pulls the reference that the lab gives, and runs it', async () => {
    const image = await ensureImage('healthy')
    await pullImage(host.engine, image)
    expect(await runInImage(host.engine, image)).toBe('archparity lab 1.0\n')
    const pulled = await host.engine.getImage(image).inspect()
    expect(pulled.RepoDigests?.[0]).toMatch(`${image.replace(/:latest$/, '')}@sha256:`)
  })

  test('pulls the digest of a platform, under the name that it has on this machine', async () => {
    const repository = (await ensureImage('healthy')).replace(/:latest$/, '')
    const { host: registry, pathname } = new URL(`http://${repository}`)
    const answer = await fetch(`http://${registry}/v2${pathname}/manifests/latest`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    })
    const index = (await answer.json()) as {
      manifests: { digest: string; platform: { architecture: string } }[]
    }
    const arm64 = index.manifests.find(one => one.platform.architecture === 'arm64')
    const reference = `${repository}@${arm64?.digest}`
    await pullImage(host.engine, reference)
    expect(await host.engine.getImage(reference).inspect()).toMatchObject({ Architecture: 'arm64' })
  })

  test('lets a member of group docker use the engine, and a stranger not', async () => {
    const member = await login(`lab-ssh${SSH_LOGINS.member}`, 'docker info --format "{{.Name}}"')
    expect(member).toMatchObject({ exitCode: 0, stdout: 'lab-ssh' })
    const stranger = await login(`lab-ssh${SSH_LOGINS.stranger}`, 'docker info')
    expect(stranger.exitCode).toBe(1)
    expect(stranger.all).toContain('permission denied')
  })

  test.each([
    [SSH_LOGINS.impostor, 'REMOTE HOST IDENTIFICATION HAS CHANGED'],
    [SSH_LOGINS.unknown, 'Host key verification failed'],
    [SSH_LOGINS.locked, 'Permission denied (publickey)'],
    [SSH_LOGINS.closed, 'Connection refused'],
  ])('ssh refuses lab-ssh%s', async (ending, message) => {
    const refused = await login(`lab-ssh${ending}`, 'true')
    expect(refused.exitCode).toBe(255)
    expect(refused.all).toContain(message)
  })

  test('survives its engine', async () => {
    await host.killEngine()
    await expect(host.engine.ping()).rejects.toThrow('ECONNREFUSED')
    expect((await login('lab-ssh', 'echo here')).stdout).toBe('here')
    await host.startEngine()
    expect((await host.engine.info()).Name).toBe('lab-ssh')
  })

  test('a dropped connection ends at once; the next one comes through', async () => {
    const session = login('lab-ssh', 'echo begun; sleep 600')
    await new Promise(resolve => session.stdout.once('data', resolve))
    await host.dropConnections()
    expect((await session).exitCode).toBe(255)
    expect((await login('lab-ssh', 'echo again')).stdout).toBe('again')
  })

  test.each([
    ['a cut network', 'cutNetwork', 'healNetwork'],
    ['a frozen host', 'freeze', 'thaw'],
  ] as const)('%s hangs, until it is mended', async (_, harm, mend) => {
    const session = login('lab-ssh', 'echo begun; read line; echo ended')
    await new Promise(resolve => session.stdout.once('data', resolve))
    await host[harm]()
    const hanging = await login('lab-ssh', '-o', 'ConnectTimeout=2', 'true')
    expect(hanging.exitCode).toBe(255)
    await host[mend]()
    expect((await session).stdout).toBe('begun\nended')
    expect((await login('lab-ssh', 'echo again')).stdout).toBe('again')
  })

  test('a small disk is soon full', async () => {
    const small = await startSshHost({ name: 'lab-small', diskMegabytes: 40 })
    try {
      const { output } = await small.run('df --output=size --block-size=1M /var/lib/docker | tail -n 1')
      expect(Number(output)).toBeLessThan(40)
      await small.run('dd if=/dev/zero of=/var/lib/docker/filling bs=64k')
      await expect(pullImage(small.engine, await ensureImage('healthy'))).rejects.toThrow('no space left')
    } finally {
      await small.stop()
    }
  })

  test('leaves nothing', async () => {
    await host.powerOff()
    await expect(host.engine.ping()).rejects.toThrow()
    expect((await login('lab-ssh', 'true')).exitCode).toBe(255)
    await host.stop()
    await host.stop()
    expect(await listHostLeftovers()).toEqual([])
  })
})
