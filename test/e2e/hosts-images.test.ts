import { randomUUID } from 'node:crypto'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { createProject, runCli, startCli } from '../lab/cli.js'
import { listHostLeftovers } from '../lab/hosts/list-host-leftovers.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { type SshHost, startSshHost } from '../lab/hosts/ssh-host.js'
import { writeImage, writeIndex } from '../lab/image-writer.js'
import { AMD64, I386 } from '../lab/platforms.js'
import { pushContent } from '../lab/push-content.js'
import { writeArchive } from '../lab/write-layout.js'
import { buildBusybox } from '../worker/test-image.js'
import { listLost, readEvents, readReport } from './read-run.js'
import { waitForLog } from './wait-for-log.js'

const problem = await findHostProblem('ssh')

const SUITE = `import { expect, test } from 'archparity/suite'
test('runs', async ({ exec }) => { expect((await exec('cat /unique')).exitCode).toBe(0) })
test('runs afresh', async ({ run }) => { expect((await run('uname -s')).stdout).toBe('Linux\\n') })
`

/** An image of two platforms that no engine has seen. */
async function makeContent() {
  const files = [{ path: 'unique', content: randomUUID() }]
  return writeIndex(
    await Promise.all(
      [AMD64, I386].map(async platform =>
        writeImage({
          platform: platform.platform,
          layers: await buildBusybox(platform, files),
          config: { Cmd: ['/bin/sh'] },
        }),
      ),
    ),
  )
}

async function pushImage(): Promise<string> {
  const repository = `lab/unseen-${randomUUID()}`
  const registry = inject('registry')
  await pushContent(await makeContent(), { registry, repository, tag: 'latest' })
  return `${registry}/${repository}:latest`
}

const PLATFORMS = ['--platform', 'linux/amd64,linux/386']

const listContainers = async (engine: Docker) =>
  (await engine.listContainers({ all: true })).map(({ Names }) => `container ${Names[0]}`)

/** All that an engine holds: containers, volumes, and images by their ids, with and without a name. */
async function listHeld(engine: Docker): Promise<string[]> {
  const images = (await engine.listImages()).map(({ Id }) => `image ${Id}`)
  const volumes = ((await engine.listVolumes()).Volumes ?? []).map(({ Name }) => `volume ${Name}`)
  return [...(await listContainers(engine)), ...images, ...volumes].sort()
}

describe.skipIf(problem)('images on a host behind ssh', () => {
  const hosts: SshHost[] = []
  /** Reaches no registry. */
  let far: SshHost
  /** Reaches the registry, and has a small disk. */
  let small: SshHost
  const local = new Docker()
  beforeAll(async () => {
    hosts.push(await startSshHost({ registries: [] }))
    hosts.push(await startSshHost({ name: 'lab-small', diskMegabytes: 100 }))
    ;[far, small] = hosts as [SshHost, SshHost]
  }, HOST_START_MS)
  afterAll(async () => {
    for (const host of hosts) await host.stop()
    expect(await listHostLeftovers()).toEqual([])
  })

  async function run(host: SshHost, image: string, flags: readonly string[] = []) {
    const project = await createProject({ suites: { 'app.suite.ts': SUITE } })
    const result = await runCli(['run', image, '--host', `far=${host.endpoint}`, ...PLATFORMS, ...flags], {
      cwd: project.directory,
      env: host.env,
    })
    const events = readEvents(project)
    return { result, text: `${result.stdout}\n${result.stderr}`, events, report: readReport(project) }
  }

  test('an OCI archive is sent to both hosts, which keep the images and nothing else', async () => {
    const project = await createProject()
    const archive = project.find('image.tar')
    await writeArchive(await makeContent(), archive)
    const before = await listHeld(far.engine)
    const { result, text, report, events } = await run(far, `oci:${archive}`, ['--every-host'])
    const listPulled = (host: string) =>
      events.flatMap(event =>
        event.type === 'image-pulled' && event.target.endsWith(`@${host}`) ? [event.imageId] : [],
      )
    onTestFinished(async () => {
      for (const id of listPulled('local')) await local.getImage(id).remove()
    })
    expect(result.exitCode, text).toBe(0)
    expect(report.verdict.counts).toMatchObject({ passed: 8, failed: 0, errored: 0, skipped: 0 })
    const added = (await listHeld(far.engine)).filter(each => !before.includes(each))
    expect(added).toEqual(
      listPulled('far')
        .map(id => `image ${id}`)
        .sort(),
    )
    // The local engine keeps them too, without a name.
    expect(listPulled('local')).toHaveLength(2)
    for (const id of listPulled('local')) expect((await local.getImage(id).inspect()).RepoTags).toEqual([])
  })

  test('a registry that the host cannot reach: lost coverage with the way out', async () => {
    const image = await pushImage()
    const { result, text, events } = await run(far, image, ['--no-local'])
    expect(result.exitCode, text).toBe(3)
    const lost = listLost(events)
    expect(lost.map(({ platform }) => platform).sort()).toEqual(['linux/386', 'linux/amd64'])
    for (const { reason, fix } of lost) {
      expect(reason).toContain(inject('registry'))
      expect(reason).toMatch(/^Host far: /)
      expect(fix).toContain('--copy-images fallback')
    }
    expect(text).toContain('--copy-images fallback')
  })

  test.each(['fallback', 'always'])('--copy-images %s sends them from this machine', async mode => {
    const { result, text, report } = await run(far, await pushImage(), ['--no-local', '--copy-images', mode])
    expect(result.exitCode, text).toBe(0)
    expect(report.verdict.counts).toMatchObject({ passed: 4, failed: 0, errored: 0, skipped: 0 })
  })

  describe('whose disk is full', () => {
    // What is left over of the first is smaller than its blocks.
    const fill = async () => {
      onTestFinished(empty)
      await small.run('for size in 64k 1k; do dd if=/dev/zero bs=$size >>/var/lib/docker/filling; done')
    }
    const empty = async () => void (await small.run('rm -f /var/lib/docker/filling'))

    test.each(['never', 'fallback', 'always'])(
      'no image is taken (--copy-images %s), and told; once there is room all is well',
      async mode => {
        const image = await pushImage()
        const flags = ['--no-local', '--copy-images', mode]
        await fill()
        const full = await run(small, image, flags)
        expect(full.result.exitCode, full.text).toBe(3)
        expect(full.report.verdict.counts).toMatchObject({ passed: 0, failed: 0 })
        expect(new Set(full.report.findings.map(({ cause }) => cause))).toEqual(new Set(['host']))
        for (const { reason, fix } of listLost(full.events)) {
          expect(reason).toMatch(/^Host far: its disk is full/)
          expect(fix).toContain('docker system df')
        }
        await empty()
        const next = await run(small, image, flags)
        expect(next.result.exitCode, next.text).toBe(0)
        expect(await listContainers(small.engine)).toEqual([])
      },
    )

    test('the suites run on another host', async () => {
      await fill()
      const { result, text, report } = await run(small, await pushImage(), ['--reference', 'linux/amd64'])
      expect(report.verdict.counts, text).toMatchObject({ passed: 4, failed: 0, errored: 0 })
      expect(result.exitCode, text).toBe(0)
    })

    test('in the middle of a run: checks err, and none fails', async () => {
      const project = await createProject({
        suites: {
          'app.suite.ts': `import { test } from 'archparity/suite'
test('first', async ({ exec }) => { await exec('true') })
test('waits', async ({ exec }) => { await exec('sleep 5') })
test('runs afresh', async ({ run }) => { await run('cat /unique') })
`,
        },
      })
      const image = await pushImage()
      const running = startCli(
        ['run', image, '--host', `far=${small.endpoint}`, '--no-local', '--no-noise', ...PLATFORMS],
        { cwd: project.directory, env: small.env },
      )
      await waitForLog(project.find('reports', 'run.jsonl'), /"check-started"[^\n]*@far"[^\n]*waits/)
      await fill()
      const result = await running
      const text = `${result.stdout}\n${result.stderr}`
      const { verdict, findings } = readReport(project)
      expect(verdict.counts, text).toMatchObject({ failed: 0, inconclusive: 0 })
      expect(verdict.counts.errored, text).toBeGreaterThan(0)
      expect(new Set(findings.map(({ cause }) => cause))).toEqual(new Set(['host']))
      expect(result.exitCode).toBe(3)
      await empty()
      expect(await listContainers(small.engine)).toEqual([])
    })
  })
})
