import { randomUUID } from 'node:crypto'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { createProject, runCli } from '../lab/cli.js'
import { listHostLeftovers } from '../lab/hosts/list-host-leftovers.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { type SshHost, startSshHost } from '../lab/hosts/ssh-host.js'
import { writeImage, writeIndex } from '../lab/image-writer.js'
import { AMD64, I386 } from '../lab/platforms.js'
import { pushContent } from '../lab/push-content.js'
import { writeArchive } from '../lab/write-layout.js'
import { buildBusybox } from '../worker/test-image.js'
import { listLost, readEvents, readReport } from './read-run.js'

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

/** All that an engine holds: containers, volumes, and images by their ids, with and without a name. */
async function listHeld(engine: Docker): Promise<string[]> {
  const containers = (await engine.listContainers({ all: true })).map(({ Names }) => `container ${Names[0]}`)
  const images = (await engine.listImages()).map(({ Id }) => `image ${Id}`)
  const volumes = ((await engine.listVolumes()).Volumes ?? []).map(({ Name }) => `volume ${Name}`)
  return [...containers, ...images, ...volumes].sort()
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
    const result = await runCli(
      ['run', image, '--host', `far=${host.endpoint}`, '--platform', 'linux/amd64,linux/386', ...flags],
      { cwd: project.directory, env: host.env },
    )
    process.stderr.write(`${result.stdout}\n${result.stderr}`)
    const events = readEvents(project)
    return { result, text: `${result.stdout}\n${result.stderr}`, events, report: readReport(project) }
  }

  test('an OCI archive is sent to both hosts, which keep the images and nothing else', async () => {
    const project = await createProject()
    const archive = project.find('image.tar')
    await writeArchive(await makeContent(), archive)
    const before = [await listHeld(local), await listHeld(far.engine)]
    const { result, text, report } = await run(far, `oci:${archive}`, ['--every-host'])
    expect(result.exitCode, text).toBe(0)
    expect(report.verdict.counts).toMatchObject({ passed: 8, failed: 0, errored: 0, skipped: 0 })
    for (const [index, engine] of [local, far.engine].entries()) {
      const added = (await listHeld(engine)).filter(each => !before[index]?.includes(each))
      expect(added).toHaveLength(2)
      expect(added.every(each => each.startsWith('image '))).toBe(true)
    }
  })

  test('a registry that the host cannot reach: lost coverage with the way out', async () => {
    const image = await pushImage()
    const { result, text, events } = await run(far, image, ['--no-local'])
    expect(result.exitCode, text).toBe(3)
    const lost = listLost(events)
    expect(lost.map(({ platform }) => platform).sort()).toEqual(['linux/386', 'linux/amd64'])
    for (const { reason, fix } of lost) {
      expect(reason).toContain(inject('registry'))
      expect(reason).toMatch(/host far/)
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
    async function fill(leave: number) {
      await small.run('dd if=/dev/zero of=/var/lib/docker/filling bs=64k; sync')
      if (leave > 0) await small.run(`truncate -s -${leave}K /var/lib/docker/filling`)
      onTestFinished(empty)
    }
    const empty = async () => void (await small.run('rm -f /var/lib/docker/filling'))

    test.each([[['--copy-images', 'never']], [['--copy-images', 'fallback']], [['--copy-images', 'always']]])(
      'is lost coverage: %s',
      async flags => {
        const image = await pushImage()
        const before = await listHeld(small.engine)
        await fill(0)
        const full = await run(small, image, ['--no-local', ...flags])
        expect(full.result.exitCode, full.text).toBe(3)
        expect(full.report.verdict.counts).toMatchObject({ failed: 0 })
        expect(await listHeld(small.engine)).toEqual(before)
        await empty()
        const next = await run(small, image, ['--no-local', ...flags])
        expect(next.result.exitCode, next.text).toBe(0)
      },
    )

    test('in the middle', async () => {
      const image = await pushImage()
      const warm = await run(small, image, ['--no-local'])
      expect(warm.result.exitCode, warm.text).toBe(0)
      const before = await listHeld(small.engine)
      await fill(0)
      const full = await run(small, image, ['--no-local'])
      expect(full.report.verdict.counts).toMatchObject({ failed: 0 })
      expect(full.result.exitCode, full.text).toBe(3)
      await empty()
      expect(await listHeld(small.engine)).toEqual(before)
    })
  })
})
