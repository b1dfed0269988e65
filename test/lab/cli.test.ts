import { writeFileSync } from 'node:fs'
import path from 'node:path'
import Docker from 'dockerode'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { createProject, findTemporaryFolder, PROJECT_VARIABLE, runCli } from './cli.js'
import { ensureImage } from './images/index.js'
import { listLeftovers, listNetworksAndVolumes } from './leftovers.js'

const SUITE = `
import { expect, test } from 'archparity/suite'
test('the app prints its version', async ({ exec }) => {
  expect((await exec('/app')).stdout).toBe('archparity lab 1.0\\n')
})
`

test('a run as a user starts it leaves its reports and nothing else', async () => {
  const before = await listNetworksAndVolumes()
  const project = await createProject({ suites: { 'app.suite.ts': SUITE } })
  const run = await runCli(['run', await ensureImage('healthy')], { cwd: project.directory })
  expect(run.exitCode, `${run.stdout}\n${run.stderr}`).toBe(0)
  expect(await listLeftovers({ ...project, pid: run.pid })).toEqual([])
  expect(await listNetworksAndVolumes()).toEqual(before)
})

test('leftovers are seen: a container, a network, a volume, a process, a file', async () => {
  const { directory } = await createProject()
  const engine = new Docker()
  const pid = 4194304 + Math.floor(Math.random() * 1e6)
  const Labels = { 'org.archparity.owner': `${pid}.1.lab` }
  const Name = `lab-leftover-${pid}`
  const network = await engine.createNetwork({ Name, Labels, Internal: true })
  const volume = await engine.createVolume({ Name, Labels })
  const sleeper = execa('sleep', ['600'], { env: { [PROJECT_VARIABLE]: directory }, reject: false })
  writeFileSync(path.join(findTemporaryFolder(directory), 'forgotten'), '')
  const image = await ensureImage('legacy')
  await new Promise((resolve, reject) =>
    engine.pull(image, (error: Error | null, stream?: NodeJS.ReadableStream) =>
      stream ? engine.modem.followProgress(stream, resolve) : reject(error),
    ),
  )
  const container = await engine.createContainer({ Image: image, Labels })
  try {
    const kinds = (await listLeftovers({ pid, directory })).map(line => line.split(' ')[0])
    expect(kinds).toEqual(['container', 'file', 'network', 'process', 'volume'])
    const other = await createProject()
    expect(await listLeftovers({ pid: pid + 1, directory: other.directory }), 'of another run').toEqual([])
  } finally {
    sleeper.kill('SIGKILL')
    await container.remove({ force: true })
    await network.remove()
    await volume.remove({ force: true })
  }
})
