import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { joinHosts } from './join-hosts.js'
import { listHostLeftovers } from './list-host-leftovers.js'
import { findHostProblem, HOST_START_MS } from './requirements.js'
import { type SshHost, startSshHost } from './ssh-host.js'
import { startTlsEngine, type TlsEngine } from './tls-engine.js'

const problem = (await findHostProblem('ssh')) ?? (await findHostProblem('tls'))

describe.skipIf(problem)('several hosts at once', () => {
  const hosts: (SshHost | TlsEngine)[] = []
  afterAll(async () => {
    for (const host of hosts) await host.stop()
    expect(await listHostLeftovers()).toEqual([])
  })

  test(
    'are all reached in one environment',
    async () => {
      hosts.push(await startSshHost({ name: 'lab-one' }))
      hosts.push(await startSshHost({ name: 'lab-two' }))
      hosts.push(await startTlsEngine())
      const env = await joinHosts(hosts)
      for (const name of ['lab-one', 'lab-two'])
        expect((await execa('ssh', [name, 'uname -n'], { env, stdin: 'ignore' })).stdout).toBe(name)
      const options = { env: { ...env, DOCKER_HOST: hosts[2]?.endpoint ?? '' } }
      expect((await execa('docker', ['info', '--format', '{{.Name}}'], options)).stdout).toBe('lab-tls')
    },
    HOST_START_MS,
  )
})
