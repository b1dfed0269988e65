import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM_LABEL } from '../../src/hosts/scratch-image.js'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/ensure-image.js'
import type { LabHost } from '../lab/hosts/host.js'
import { startPodman } from '../lab/hosts/podman.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { startTlsEngine } from '../lab/hosts/tls-engine.js'

const SUITE = `import { expect, test, useContainer } from 'archparity/suite'
useContainer({ ready: { http: '/' } })
test('answers', async ({ http }) => {
  expect((await http('/health.json')).json()).toBeTruthy()
  expect((await http('/missing')).status).toBe(404)
})
test('answers again', async ({ http }) => {
  for (let i = 0; i < 5; i++) expect((await http('/index.html')).text()).toContain('archparity lab')
})
test('another container', async ({ startContainer }) => {
  const container = await startContainer({ command: ['-f', '-p', '9090', '-h', '/www'], ports: [9090] })
  expect((await container.http('/')).text()).toContain('archparity lab')
})
test('no network', async ({ startContainer }) => {
  const container = await startContainer({ hostConfig: { NetworkMode: 'none' } })
  await expect(container.http('/')).rejects.toThrow('it has no address')
})
test('one that ends', async ({ startContainer }) => {
  const container = await startContainer({ entrypoint: ['/bin/false'] })
  await expect(container.http('/', { port: 8080 })).rejects.toThrow('has ended with exit code 1')
})
`

const STARTS: readonly [kind: 'tls' | 'podman', start: () => Promise<LabHost>][] = [
  ['tls', startTlsEngine],
  ['podman', startPodman],
]

for (const [kind, start] of STARTS) {
  const problem = await findHostProblem(kind)

  describe.skipIf(problem)(`http() on a host whose networks are not this machine's: ${kind}`, () => {
    let host: LabHost
    beforeAll(async () => {
      host = await start()
    }, HOST_START_MS)
    afterAll(() => host?.stop())

    test('sees the same as on this machine, and leaves nothing there', async () => {
      const project = await createProject({ suites: { 'web.suite.ts': SUITE } })
      const far = `far=${host.endpoint}${host.env.DOCKER_CERT_PATH ? `,tls=${host.env.DOCKER_CERT_PATH}` : ''}`
      const flags = ['--host', far, '--every-host', '--platform', 'linux/amd64']
      const result = await runCli(['run', await ensureImage('web'), ...flags], { cwd: project.directory })
      expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
      const report = JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))
      expect(report.targets.map((target: { host: string }) => target.host).sort()).toEqual(['far', 'local'])
      expect(report.verdict.counts).toMatchObject({ passed: 10, failed: 0, errored: 0 })
      expect(await host.engine.listContainers({ all: true })).toEqual([])
      expect(await host.engine.listImages({ filters: { label: [PROGRAM_LABEL] } })).toEqual([])
    })
  })
}
