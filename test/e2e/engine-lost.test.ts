import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Docker from 'dockerode'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startCli } from '../lab/cli.js'
import { ensureImage } from '../lab/images/index.js'
import { waitForLog } from './wait-for-log.js'

/** A way to the engine that can be cut, as when the engine is killed: nothing answers any more. */
async function openCuttableEngine(): Promise<{ url: string; cut: () => void }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lab-cut-'))
  const socketPath = path.join(directory, 's')
  const sockets = new Set<Socket>()
  const real = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '')
  const server = createServer({ allowHalfOpen: true }, socket => {
    const upstream = connect({ path: real, allowHalfOpen: true })
    for (const each of [socket, upstream]) {
      sockets.add(each)
      each.on('error', () => {})
    }
    socket.pipe(upstream)
    upstream.pipe(socket)
    // An engine holds its lock on a container for as long as somebody seems to be reading from it.
    socket.on('close', () => upstream.destroy())
    upstream.on('close', () => socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(socketPath, resolve))
  const cut = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(async () => {
    cut()
    await rm(directory, { recursive: true, force: true })
  })
  return { url: `unix://${socketPath}`, cut }
}

test('an engine that dies in the middle is lost coverage: nothing failed, nothing gathered is lost', async () => {
  const engine = await openCuttableEngine()
  const project = await createProject({
    suites: {
      'app.suite.ts': `import { expect, test } from 'archparity/suite'
test('first', async ({ exec }) => { expect((await exec('uname -s')).exitCode).toBe(0) })
test('long', async ({ exec }) => { await exec('sleep 50') })
test('last', async ({ exec }) => { await exec('uname -s') })
`,
    },
  })
  const image = await ensureImage('healthy')
  const running = startCli(['run', image, '--platform', 'linux/amd64,linux/arm64'], {
    cwd: project.directory,
    env: { DOCKER_HOST: engine.url },
  })
  await waitForLog(project.find('reports', 'run.jsonl'), 'first","line":2},"status":"passed"')
  engine.cut()
  const result = await running
  await removeLeftContainers(running.pid)
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(3)
  const report = JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))
  expect(report.verdict.counts.failed).toBe(0)
  expect(report.verdict.counts.passed).toBeGreaterThan(0)
  expect(report.verdict.counts.errored + report.verdict.counts.inconclusive).toBeGreaterThan(0)
  expect(report.findings.map((finding: { cause: string }) => finding.cause)).toContain('host')
  expect(new Set(report.findings.map((finding: { cause: string }) => finding.cause))).toEqual(
    new Set(['host']),
  )
})

/** What a run could not remove is removed by the next one on that engine; this test has none. */
async function removeLeftContainers(pid: number | undefined): Promise<void> {
  const docker = new Docker()
  for (const { Id, Labels } of await docker.listContainers({ all: true })) {
    if (Labels['org.archparity.owner']?.startsWith(`${pid}.`))
      await docker.getContainer(Id).remove({ force: true, v: true })
  }
}
