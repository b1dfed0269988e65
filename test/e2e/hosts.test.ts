import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createProject, runCli, startCli } from '../lab/cli.js'
import { ensureImage } from '../lab/ensure-image.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { SSH_LOGINS } from '../lab/hosts/ssh-access.js'
import { type SshHost, startSshHost } from '../lab/hosts/ssh-host.js'
import { readEvents, readReport } from './read-run.js'
import { waitForLog } from './wait-for-log.js'

const problem = await findHostProblem('ssh')

const QUICK = `import { expect, test } from 'archparity/suite'
test('says its name', async ({ exec }) => { expect((await exec('uname -s')).stdout).toBe('Linux\\n') })
`
/** Its second check lasts until something happens to the host. */
const LONG = `import { test } from 'archparity/suite'
test('first', async ({ exec }) => { await exec('uname -s') })
test('long', async ({ exec }) => { await exec('sleep 40') })
test('last', async ({ exec }) => { await exec('uname -s') })
`

describe.skipIf(problem)('a run with a host behind ssh', () => {
  let host: SshHost
  beforeAll(async () => {
    host = await startSshHost()
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  /** What a run left on the host, whoever reached it. */
  const listContainers = async () =>
    (await host.engine.listContainers({ all: true })).map(container => container.Names[0])

  test('the same suite on both hosts: commands, files, logs, HTTP and fresh containers see the same', async () => {
    const image = await ensureImage('web')
    const project = await createProject({
      suites: {
        'web.suite.ts': `import { expect, test, useContainer } from 'archparity/suite'
useContainer({ ready: { http: '/' } })
test('answers', async ({ http }) => { expect((await http('/health.json')).json()).toBeTruthy() })
test('runs', async ({ exec }) => { expect((await exec('echo one; echo two >&2; exit 3')).exitCode).toBe(3) })
test('reads', async ({ file }) => { expect((await file('/etc/passwd')).text()).toContain('root') })
test('logs', async ({ logs }) => { await logs() })
test('runs afresh', async ({ run }) => { expect((await run('uname -s')).stdout).toBe('Linux\\n') })
`,
      },
    })
    const flags = ['--host', `far=${host.endpoint}`, '--every-host', '--platform', 'linux/amd64,linux/386']
    const result = await runCli(['run', image, ...flags], { cwd: project.directory, env: host.env })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    const { targets, verdict } = readReport(project)
    expect(targets.map(({ label, host, execution }) => `${label} ${host} ${execution}`).sort()).toEqual([
      'linux/386 (far) far native',
      'linux/386 (local) local native',
      'linux/amd64 (far) far native',
      'linux/amd64 (local) local native',
    ])
    expect(verdict.counts).toMatchObject({ passed: 20, failed: 0, errored: 0, inconclusive: 0, skipped: 0 })
    expect(await listContainers()).toEqual([])
  })

  test('hosts of one platform share its suites, and the reference is never shared', async () => {
    const image = await ensureImage('healthy')
    const names = ['a', 'b', 'c']
    const project = await createProject({
      suites: Object.fromEntries(names.map(name => [`${name}.suite.ts`, QUICK])),
    })
    const flags = ['--host', `far=${host.endpoint}`, '--platform', 'linux/amd64,linux/386']
    const result = await runCli(['run', image, ...flags], { cwd: project.directory, env: host.env })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    const ran = readEvents(project)
      .flatMap(event => (event.type === 'check-finished' && event.pass === 'main' ? [event] : []))
      .map(event => `${event.check.file} ${event.target}`)
    expect(ran.sort()).toEqual([
      'suites/a.suite.ts linux/386 native@local',
      'suites/a.suite.ts linux/amd64 native@local',
      'suites/b.suite.ts linux/386 native@far',
      'suites/b.suite.ts linux/amd64 native@local',
      'suites/c.suite.ts linux/386 native@local',
      'suites/c.suite.ts linux/amd64 native@local',
    ])
  })

  test.each([
    [
      'a host key that is not the known one',
      SSH_LOGINS.impostor,
      'HOST_KEY',
      /host key/,
      /never accepts a key/,
    ],
    ['a host key that is not known', SSH_LOGINS.unknown, 'HOST_KEY', /host key/, /fingerprint/],
    ['a login that is refused', SSH_LOGINS.locked, 'ENGINE_UNAVAILABLE', /login was refused/, /ssh-add/],
    ['a port where nothing listens', SSH_LOGINS.closed, 'ENGINE_UNAVAILABLE', /nothing listens/, /sshd/],
    [
      'a user who may not use the socket',
      SSH_LOGINS.stranger,
      'ENGINE_UNAVAILABLE',
      /may not use \S+docker\.sock/,
      /usermod -aG docker/,
    ],
  ])('%s is told with what to do, and the rest runs', async (_, login, code, message, hint) => {
    const image = await ensureImage('healthy')
    const project = await createProject({ suites: { 'a.suite.ts': QUICK } })
    const flags = ['--host', `far=${host.endpoint}${login}`, '--platform', 'linux/amd64']
    const result = await runCli(['run', image, ...flags], { cwd: project.directory, env: host.env })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(3)
    const lost = readEvents(project).find(event => event.type === 'host-lost')
    expect(lost).toMatchObject({ host: 'far', phase: 'start', code })
    expect(lost?.type === 'host-lost' && lost.message).toMatch(message)
    expect(lost?.type === 'host-lost' && lost.hint).toMatch(hint)
    expect(readReport(project).verdict.counts).toMatchObject({ passed: 1, failed: 0 })
  })

  test('a host that is not of the platform it was declared for is not used', async () => {
    const project = await createProject({ suites: { 'a.suite.ts': QUICK } })
    const flags = ['--host', `far=${host.endpoint},platform=linux/arm64`, '--platform', 'linux/amd64']
    const result = await runCli(['run', await ensureImage('healthy'), ...flags], {
      cwd: project.directory,
      env: host.env,
    })
    expect(result.exitCode).toBe(3)
    expect(result.stdout).toMatch(/declared for linux\/arm64, but its engine is\s+linux\/amd64/)
  })

  test('two names for one engine are noticed', async () => {
    const project = await createProject({ suites: { 'a.suite.ts': QUICK } })
    const flags = ['--host', `far=${host.endpoint}`, '--host', `again=${host.endpoint}${SSH_LOGINS.member}`]
    const result = await runCli(
      ['run', await ensureImage('healthy'), ...flags, '--no-local', '--platform', 'linux/amd64'],
      { cwd: project.directory, env: host.env },
    )
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    expect(result.stderr).toContain('host again is the same engine as far')
  })

  describe('that fails in the middle of a check', () => {
    /** Runs a long check on the far host alone, does something to it, and gives what came of it. */
    async function runAndBreak(breakHost: () => Promise<void>, flags: readonly string[]) {
      const project = await createProject({ suites: { 'long.suite.ts': LONG } })
      const image = await ensureImage('healthy')
      const running = startCli(['run', image, '--host', `far=${host.endpoint}`, ...flags], {
        cwd: project.directory,
        env: host.env,
      })
      onTestFinished(() => void running.kill('SIGKILL'))
      await waitForLog(
        project.find('reports', 'run.jsonl'),
        /"target":"[^"]*@far"[^\n]*first[^\n]*"status":"passed"/,
      )
      await sleep(500)
      await breakHost()
      const result = await running
      return { project, result, report: readReport(project), events: readEvents(project) }
    }

    /** What happens, and what makes the host well again. */
    const FAULTS: [string, () => Promise<void>, () => Promise<void>][] = [
      ['its connections are cut', () => host.dropConnections(), async () => {}],
      ['it stands still', () => host.freeze(), () => host.thaw()],
      ['its network is gone', () => host.cutNetwork(), () => host.healNetwork()],
      ['its engine is killed', () => host.killEngine(), () => host.startEngine()],
    ]

    test.each(FAULTS)(
      '%s: what was gathered is kept, the rest is lost coverage',
      // On a machine with more work than processors the fault once came when the long check was over.
      { retry: 1 },
      async (_, breakHost, mend) => {
        onTestFinished(mend)
        const { result, report, events } = await runAndBreak(breakHost, [
          '--no-local',
          '--platform',
          'linux/amd64',
        ])
        expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(3)
        expect(events.filter(event => event.type === 'host-lost')).toMatchObject([
          { host: 'far', phase: 'run' },
        ])
        expect(report.verdict.counts).toMatchObject({ passed: 1, failed: 0 })
        expect(report.findings.map(finding => finding.cause)).toEqual(['host'])
      },
    )

    test('the rest moves to another host of the platform, and no coverage is lost', async () => {
      const flags = ['--platform', 'linux/amd64,linux/386', '--reference', 'linux/amd64']
      const project = await createProject({
        suites: { 'a.suite.ts': QUICK, 'long.suite.ts': LONG.replace('40', '3') },
      })
      const image = await ensureImage('healthy')
      const running = startCli(['run', image, '--host', `far=${host.endpoint}`, ...flags], {
        cwd: project.directory,
        env: host.env,
      })
      await waitForLog(
        project.find('reports', 'run.jsonl'),
        /"target":"[^"]*@far"[^\n]*first[^\n]*"status":"passed"/,
      )
      await host.dropConnections()
      const result = await running
      expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
      const { verdict, findings } = readReport(project)
      expect(verdict.counts).toMatchObject({ failed: 0, errored: 0, inconclusive: 0 })
      expect(findings.map(finding => finding.kind)).toEqual(['host'])
      const moved = readEvents(project).filter(
        event =>
          event.type === 'check-finished' &&
          event.target === 'linux/386 native@local' &&
          event.check.file === 'suites/long.suite.ts',
      )
      expect(moved).toHaveLength(3)
    })

    test('what it kept is removed by the next run that reaches it', async () => {
      await runAndBreak(() => host.dropConnections(), ['--no-local', '--platform', 'linux/amd64'])
      expect(await listContainers()).not.toEqual([])
      const project = await createProject({ suites: { 'a.suite.ts': QUICK } })
      const flags = ['--host', `far=${host.endpoint}`, '--no-local', '--platform', 'linux/amd64']
      const result = await runCli(['run', await ensureImage('healthy'), ...flags], {
        cwd: project.directory,
        env: host.env,
      })
      expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
      expect(await listContainers()).toEqual([])
    })
  })
})
