import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostFacts } from '../../src/model/host.js'
import { listTableRows, readPage } from '../docs/pages.js'
import { createProject, type Project, runCli, startCli } from '../lab/cli.js'
import { ensureImage } from '../lab/ensure-image.js'
import { startMachine } from '../lab/hosts/machine.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import type { SshHost } from '../lab/hosts/ssh-host.js'
import { waitForLog } from './wait-for-log.js'

const problem = await findHostProblem('machine-arm64')

const SUITE = `import { expect, test } from 'archparity/suite'
test('runs', async ({ exec }) => { expect((await exec('/app')).exitCode).toBe(0) })
`
const PLATFORMS = ['--platform', 'linux/amd64,linux/arm64']

/** Rows of the grid in docs/attribution.md: image, what it does, R, N, E, finding. */
const { text } = readPage('docs/attribution.md')
const rows = listTableRows(text.split('<!-- grid -->')[1]?.split('<!-- /grid -->')[0] ?? '').map(
  ([image = '', , r = '', n = '', e = '', finding = '']) => ({
    image: image.replaceAll('`', ''),
    ...{ r, n, e, finding: finding.replaceAll('`', '') },
  }),
)

interface Report {
  readonly hosts: readonly HostFacts[]
  readonly targets: readonly { readonly label: string; readonly host: string; readonly execution: string }[]
  readonly findings: readonly {
    readonly kind: string
    readonly cause: string
    readonly masked?: boolean
    readonly platforms: readonly string[]
    readonly targets: readonly string[]
  }[]
  readonly verdict: { readonly counts: Record<string, number> }
  readonly checks: readonly { readonly results: Readonly<Record<string, { readonly status: string }>> }[]
}

const readReport = (project: Project): Report =>
  JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))

describe.skipIf(problem)('with an arm64 machine', () => {
  let machine: SshHost
  beforeAll(async () => {
    machine = await startMachine('arm64')
  }, HOST_START_MS)
  afterAll(() => machine?.stop())

  async function run(image: string, flags: readonly string[] = []) {
    const project = await createProject({ suites: { 'app.suite.ts': SUITE } })
    const result = await runCli(
      ['run', await ensureImage(image), '--host', `board=${machine.endpoint}`, ...PLATFORMS, ...flags],
      { cwd: project.directory, env: machine.env, timeoutMs: 280_000 },
    )
    return { result, report: readReport(project) }
  }

  /** How the check came out on a target: passed, failed, or passed with a value that a finding names. */
  function read(report: Report, id: string): string {
    const status = report.checks[0]?.results[id]?.status
    const named = report.findings.some(each => each.kind === 'difference' && each.targets.includes(id))
    return status === 'passed' ? (named ? 'differs' : 'pass') : status === 'failed' ? 'fail' : String(status)
  }

  test('has as many rows as there are ways to fail', () => expect(rows).toHaveLength(7))

  test.each(rows)('$image: R $r, N $n, E $e → $finding', { timeout: 300_000 }, async row => {
    const { result, report } = await run(row.image, ['--execution', 'both'])
    const came = {
      image: row.image,
      r: read(report, 'linux/amd64 native@local'),
      n: read(report, 'linux/arm64 native@board'),
      e: read(report, 'linux/arm64 emulated@local'),
      finding:
        report.findings
          .map(({ cause, masked }) => `${cause}${masked === true ? ', masked by emulation' : ''}`)
          .join('; ') || 'none',
    }
    expect(came, `${result.stdout}\n${result.stderr}`).toEqual(row)
    expect(result.exitCode).toBe(row.finding === 'none' ? 0 : 1)
    expect(report.hosts.map(({ name, architecture, kind }) => `${name} ${architecture} ${kind}`)).toEqual([
      'board arm64 ssh',
      'local amd64 local',
    ])
    for (const fact of ['cpuModel', 'pageSize', 'freeDisk', 'kernel', 'clockSkewMs'] as const)
      expect(report.hosts[0]?.[fact], fact).toBeDefined()
  })

  test('by default only what is wrong natively runs once more under emulation', {
    timeout: 300_000,
  }, async () => {
    const { report } = await run('atomics')
    expect(report.targets.map(({ label, execution }) => `${label} ${execution}`)).toEqual([
      'linux/amd64 native',
      'linux/arm64 native',
      'linux/arm64 (emulated) emulated',
    ])
    expect(report.findings).toMatchObject([{ cause: 'architecture', masked: true }])
    const healthy = await run('healthy')
    expect(healthy.report.targets.map(({ execution }) => execution)).toEqual(['native', 'native'])
    expect(healthy.result.exitCode, healthy.result.stdout).toBe(0)
  })

  test('that is switched off in the middle of a check: never passed, never the image’s failure', {
    timeout: 300_000,
  }, async () => {
    const project = await createProject({
      suites: {
        'app.suite.ts': `${SUITE}test('long', async ({ exec }) => { await exec('sleep 25') })\n`,
      },
    })
    const running = startCli(
      [
        'run',
        await ensureImage('healthy'),
        '--host',
        `board=${machine.endpoint}`,
        '--no-noise',
        ...PLATFORMS,
      ],
      { cwd: project.directory, env: machine.env, timeoutMs: 280_000 },
    )
    const log = project.find('reports', 'run.jsonl')
    await waitForLog(log, /"target":"[^"]*@board"[^\n]*runs[^\n]*"status":"passed"/)
    await sleep(1000)
    await machine.powerOff()
    const result = await running
    const { verdict, findings } = readReport(project)
    expect(verdict.counts, `${result.stdout}\n${result.stderr}`).toMatchObject({ failed: 0 })
    expect(findings.map(({ cause }) => cause)).toEqual(['host'])
    expect(result.exitCode).toBe(3)
  })
})
