import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/ensure-image.js'
import { listHostLeftovers } from '../lab/hosts/list-host-leftovers.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { type SshHost, startSshHost } from '../lab/hosts/ssh-host.js'
import { readEvents } from './read-run.js'
import { runSuites } from './run-suites.js'

const problem = await findHostProblem('ssh')

describe.skipIf(problem)('the concurrency of a host in the configuration', () => {
  let host: SshHost
  beforeAll(async () => {
    host = await startSshHost()
  }, HOST_START_MS)
  afterAll(async () => {
    await host?.stop()
    expect(await listHostLeftovers()).toEqual([])
  })

  /** How many containers of suites the host's engine ran at once at most, by its own events; in seconds since the epoch. */
  async function countMost(since: number, until: number): Promise<number> {
    const filters = { type: ['container'], event: ['start', 'die'], label: ['org.archparity.owner'] }
    let running = 0
    let most = 0
    const stream = await host.engine.getEvents({ since, until, filters: JSON.stringify(filters) })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(Buffer.from(chunk))
    const events = Buffer.concat(chunks).toString().trim().split('\n')
    expect(events.length).toBeGreaterThan(1)
    for (const line of events) {
      running += JSON.parse(line).Action === 'start' ? 1 : -1
      most = Math.max(most, running)
    }
    return most
  }

  test.each([
    [1, 'linux/amd64'],
    [2, 'linux/amd64,linux/386'],
    [3, 'linux/amd64'],
  ])('%i is used and never exceeded (%s)', async (concurrency, platforms) => {
    const suite = `import { test } from 'archparity/suite'
test('waits', async ({ exec }) => { await exec('sleep 1') })
`
    const names = ['a', 'b', 'c', 'd']
    const project = await createProject({
      suites: Object.fromEntries(names.map(name => [`${name}.suite.ts`, suite])),
      config: `export default { localHost: false, hosts: [{ name: 'far', endpoint: '${host.endpoint}', concurrency: ${concurrency} }] }`,
    })
    const result = await runCli(['run', await ensureImage('healthy'), '--platform', platforms], {
      ...{ cwd: project.directory, env: host.env },
    })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    const times = readEvents(project)
      .filter(({ type }) => type === 'image-pulled' || type === 'run-finished')
      .map(({ at }) => Date.parse(at) / 1000)
    expect(await countMost(Math.max(...times.slice(0, -1)), times.at(-1) as number)).toBe(concurrency)
  })
})

describe('a command that takes longer than its limit where it is emulated', () => {
  const SUITE = `import { expect, test } from 'archparity/suite'
test('takes long', async ({ exec }) => {
  expect((await exec('case $(uname -m) in aarch64) sleep 3 ;; esac')).exitCode).toBe(0)
})
`
  const flags = ['--platform', 'linux/amd64,linux/arm64', '--command-timeout', '2s', '--timeout-scale']

  test('passes within the scaled limit', async () => {
    const run = await runSuites(await ensureImage('healthy'), SUITE, [...flags, '10'])
    expect(run.exitCode, run.output).toBe(0)
  })

  test('is stopped where the scale is 1, and the image is not blamed', async () => {
    const run = await runSuites(await ensureImage('healthy'), SUITE, [...flags, '1'])
    expect(run.exitCode, run.output).toBe(1)
    expect(run.output).toContain('did not end within 2')
    expect(run.findings).toEqual([{ kind: 'failure', cause: 'unattributed', platforms: ['linux/arm64'] }])
  })
})
