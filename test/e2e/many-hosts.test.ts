import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../../src/model/finding.js'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/ensure-image.js'
import { writeDockerContext } from '../lab/hosts/docker-context.js'
import type { LabHost } from '../lab/hosts/host.js'
import { joinHosts } from '../lab/hosts/join-hosts.js'
import { listHostLeftovers } from '../lab/hosts/list-host-leftovers.js'
import { startPodman } from '../lab/hosts/podman.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { startSshHost } from '../lab/hosts/ssh-host.js'
import { startTlsEngine, type TlsEngine } from '../lab/hosts/tls-engine.js'
import { listLeftovers } from '../lab/leftovers.js'

const problem =
  (await findHostProblem('ssh')) ?? (await findHostProblem('tls')) ?? (await findHostProblem('podman'))

const SUITE = `import { expect, test } from 'archparity/suite'
test('runs a command', async ({ exec }) => {
  const { exitCode, stdout, stderr } = await exec('echo one; echo two >&2; exit 3')
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 3, stdout: 'one\\n', stderr: 'two\\n' })
})
test('reads a file', async ({ file }) => { expect((await file('/etc/passwd')).text()).toContain('root:') })
test('reads the log', async ({ logs }) => { await logs() })
test('runs afresh', async ({ run }) => { expect((await run('uname -s')).stdout).toBe('Linux\\n') })
`

/** Runs and builds on the image under names that are made of its name, as docker-library's image-name.sh makes them. */
const SCRIPT = `#!/bin/sh
set -e
name="lab-named:$$-$(echo "$1" | sed 's![:/]!-!g')"
docker tag "$1" "$name"
trap 'docker rmi "$name" >/dev/null' EXIT
docker run --rm "$name" uname -s
echo "FROM $1" | docker build -q -t "$name-built" - >/dev/null
docker rmi "$name-built" >/dev/null
`

interface Report {
  readonly findings: readonly Finding[]
  readonly verdict: { readonly counts: Record<string, number> }
  readonly targets: readonly { readonly label: string; readonly host: string; readonly execution: string }[]
  readonly hosts: readonly { readonly name: string; readonly kind: string }[]
}

describe.skipIf(problem)('one run on hosts of every kind', () => {
  const hosts: LabHost[] = []
  let tls: TlsEngine
  let podman: LabHost
  let env: Readonly<Record<string, string>>
  let dockerConfig: string
  beforeAll(async () => {
    const ssh = [await startSshHost({ name: 'lab-one' })]
    hosts.push(...ssh)
    ssh.push(await startSshHost({ name: 'lab-two' }))
    hosts.push(...ssh.slice(1))
    tls = await startTlsEngine()
    hosts.push(tls)
    podman = await startPodman()
    hosts.push(podman)
    dockerConfig = await mkdtemp(path.join(tmpdir(), 'docker-config-'))
    await writeDockerContext(dockerConfig, { name: 'two', host: 'ssh://lab-two' })
    env = await joinHosts(ssh)
  }, HOST_START_MS)
  afterAll(async () => {
    for (const host of hosts) await host.stop()
    if (dockerConfig !== undefined) await rm(dockerConfig, { recursive: true })
    expect(await listHostLeftovers()).toEqual([])
  })

  test('all see the same, and nothing is left on any', async () => {
    const image = await ensureImage('healthy')
    const project = await createProject({
      suites: { 'a.suite.ts': SUITE, 'b.suite.ts': SUITE, 'script/run.sh': SCRIPT },
    })
    await chmod(project.find('suites', 'script', 'run.sh'), 0o755)
    const flags = [
      `one=ssh://lab-one`,
      'context:two',
      `secure=${tls.endpoint},tls=${tls.certificates.client},concurrency=1`,
      `podman=${podman.endpoint}`,
    ].flatMap(host => ['--host', host])
    const result = await runCli(['run', image, ...flags, '--every-host', '--platform', 'linux/amd64'], {
      cwd: project.directory,
      env: { ...env, DOCKER_CONFIG: dockerConfig },
      timeoutMs: 240_000,
    })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    const report: Report = JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))
    expect(
      report.targets.map(({ label, host, execution }) => `${label} ${host} ${execution}`).sort(),
    ).toEqual(['local', 'one', 'podman', 'secure', 'two'].map(name => `linux/amd64 (${name}) ${name} native`))
    // Two files of four checks and one script on five targets.
    expect(report.verdict.counts).toMatchObject({
      passed: 45,
      failed: 0,
      errored: 0,
      inconclusive: 0,
      skipped: 0,
    })
    expect(report.findings).toEqual([])
    for (const { name, engine } of hosts) {
      const containers = await engine.listContainers({ all: true })
      const { Volumes: volumes } = await engine.listVolumes()
      expect([name, containers, volumes ?? []]).toEqual([name, [], []])
      const images = await engine.listImages()
      // The image that was pulled stays, under no name of archparity's.
      expect([name, images.length]).toEqual([name, 1])
      expect(images.flatMap(each => each.RepoTags ?? []).filter(tag => tag.includes('.test'))).toEqual([])
    }
    expect(await listLeftovers({ pid: result.pid, directory: project.directory })).toEqual([])
  })
})
