import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createProject, runCli, startCli } from '../lab/cli.js'
import { ensureImage } from '../lab/ensure-image.js'
import { neverAnswer, onPath, startFaultyRegistry } from '../lab/faulty-registry.js'
import { listHostLeftovers } from '../lab/hosts/list-host-leftovers.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { type SshHost, startSshHost } from '../lab/hosts/ssh-host.js'
import { listLeftovers } from '../lab/leftovers.js'
import { buildLabImage } from '../lab/push-image.js'
import { readEvents, readReport } from './read-run.js'
import { waitForLog } from './wait-for-log.js'

const problem = await findHostProblem('ssh')

const QUICK = `import { test } from 'archparity/suite'
test('first', async ({ exec }) => { await exec('true') })
`
/** Longer than the test is patient. */
const LONG = `${QUICK}test('long', async ({ exec }) => { await exec('sleep 110') })
`
const PATIENCE_MS = 60_000

describe.skipIf(problem)('a run on two hosts that is ended', () => {
  let host: SshHost
  beforeAll(async () => {
    host = await startSshHost()
  }, HOST_START_MS)
  afterAll(async () => {
    await host?.stop()
    expect(await listHostLeftovers()).toEqual([])
  })

  const listFar = async () =>
    (await host.engine.listContainers({ all: true })).map(container => container.Names[0])

  /** Starts a long run on both hosts, and waits until each has finished a check and is in the next. */
  async function startLong() {
    const project = await createProject({ suites: { 'app.suite.ts': LONG } })
    const image = await ensureImage('healthy')
    const flags = ['--host', `far=${host.endpoint}`, '--every-host', '--platform', 'linux/amd64']
    const running = startCli(['run', image, ...flags], {
      ...{ cwd: project.directory, env: host.env, timeoutMs: PATIENCE_MS, ownGroup: true },
    })
    onTestFinished(() => void running.kill('SIGKILL'))
    const log = project.find('reports', 'run.jsonl')
    for (const name of ['far', 'local'])
      for (const wanted of [
        `"check-finished"[^\\n]*@${name}"[^\\n]*first`,
        `"check-started"[^\\n]*@${name}"[^\\n]*long`,
      ])
        await waitForLog(log, new RegExp(wanted))
    await sleep(500)
    expect(await listFar()).toHaveLength(1)
    return { project, running, pid: running.pid as number, image, flags }
  }

  test.each<[string, (pid: number) => void]>([
    ['by Ctrl-C', pid => process.kill(pid, 'SIGINT')],
    ['by Ctrl-C in a terminal, which all of its processes get', pid => process.kill(-pid, 'SIGINT')],
    [
      'by Ctrl-C twice',
      pid => {
        process.kill(pid, 'SIGINT')
        process.kill(pid, 'SIGINT')
      },
    ],
    [
      'by Ctrl-C twice in a terminal',
      pid => {
        process.kill(-pid, 'SIGINT')
        setTimeout(() => process.kill(-pid, 'SIGINT'), 100)
      },
    ],
  ])('%s leaves nothing on either, and keeps what it knew', async (how, interrupt) => {
    const { project, running, pid } = await startLong()
    interrupt(pid)
    const result = await running
    const text = `${result.stdout}\n${result.stderr}`
    expect(result.exitCode, text).toBe(130)
    // The second one ends the run after two seconds: an engine that is busy then ends its removals by itself.
    const patience = { timeout: how.includes('twice') ? 15_000 : 0 }
    await expect.poll(listFar, patience).toEqual([])
    await expect.poll(() => listLeftovers({ pid, directory: project.directory }), patience).toEqual([])
    const known = readEvents(project).flatMap(event =>
      event.type === 'check-finished' && event.status === 'passed' ? [event.target] : [],
    )
    expect(known.sort()).toEqual(['linux/amd64 native@far', 'linux/amd64 native@local'])
    if (how.includes('twice')) return
    const { verdict } = readReport(project)
    expect(verdict.outcome).toBe('interrupted')
    expect(verdict.counts).toMatchObject({ passed: 2, failed: 0, errored: 0 })
  })

  test.each(['never', 'always'])('by Ctrl-C while an image is on its way (--copy-images %s)', async mode => {
    const registry = await startFaultyRegistry()
    onTestFinished(() => registry.close())
    await host.forwardLoopback(Number(registry.host.split(':')[1]))
    const content = await buildLabImage('clock')
    registry.store('acme/app', 'latest', content)
    const layers = content.parts.filter(({ mediaType }) => mediaType.includes('layer'))
    const isLayer = new RegExp(layers.map(({ digest }) => digest).join('|'))
    registry.misbehave(onPath(isLayer, neverAnswer))
    const project = await createProject({ suites: { 'app.suite.ts': QUICK } })
    const flags = ['--host', `far=${host.endpoint}`, '--no-local', '--no-audit', '--platform', 'linux/amd64']
    const running = startCli(['run', `${registry.host}/acme/app`, ...flags, '--copy-images', mode], {
      ...{ cwd: project.directory, env: host.env, timeoutMs: PATIENCE_MS },
    })
    onTestFinished(() => void running.kill('SIGKILL'))
    await expect
      .poll(() => registry.requests.some(({ path }) => isLayer.test(path)), { timeout: PATIENCE_MS })
      .toBe(true)
    running.kill('SIGINT')
    const result = await running
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(130)
    expect(readReport(project)).toMatchObject({ verdict: { outcome: 'interrupted' }, findings: [] })
    expect(await listFar()).toEqual([])
    expect(await listLeftovers({ pid: running.pid, directory: project.directory })).toEqual([])
  })

  test('by SIGKILL: what stays on either is removed by the next run on both', async () => {
    const { project, running, pid, image, flags } = await startLong()
    running.kill('SIGKILL')
    await running
    const isContainer = (line: string) => line.startsWith('container ')
    const left = async () => await listLeftovers({ pid, directory: project.directory })
    expect(await listFar()).toHaveLength(1)
    expect((await left()).filter(isContainer)).toHaveLength(1)
    const next = await createProject({ suites: { 'app.suite.ts': QUICK } })
    const result = await runCli(['run', image, ...flags], { cwd: next.directory, env: host.env })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    expect(await listFar()).toEqual([])
    // Its files are in a folder of its own, which only a run with the same TMPDIR looks at.
    expect((await left()).filter(line => !line.startsWith('file '))).toEqual([])
  })
})
