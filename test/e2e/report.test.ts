import { readFileSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/images/index.js'

const SUITE = `import { expect, test } from 'archparity/suite'
test('runs', async ({ exec }) => { expect((await exec('/app')).exitCode).toBe(0) })
test('lists', async ({ exec }) => { await exec('ls /bin') })
`

/** What runs and merges of the same must agree on: not when, how fast, or in which of them. */
const settle = (text: string) =>
  text.replace(
    /"(?:startedAt|endedAt|at|id|suitesDigest)": "[^"]*"|"(?:durationMs|slowdown|freeDisk|clockSkewMs|memory)": -?[\d.]+|"fetched": \w+/g,
    '"settled"',
  )

test('two jobs of a platform each give the verdict of one run on both', { timeout: 120_000 }, async () => {
  const project = await createProject({ suites: { 'app.suite.ts': SUITE } })
  const image = await ensureImage('differs')
  const run = async (name: string, ...platforms: string[]) => {
    const flags = platforms.flatMap(each => ['--platform', each])
    const args = ['run', image, '--no-audit', '--reports', name, ...flags]
    return await runCli(args, { cwd: project.directory })
  }
  const [whole, one, two] = [
    await run('whole', 'linux/amd64', 'linux/s390x'),
    await run('one', 'linux/amd64'),
    await run('two', 'linux/s390x'),
  ]
  expect([whole.exitCode, one.exitCode, two.exitCode], two.stderr).toEqual([1, 0, 0])
  const merge = (...args: string[]) =>
    runCli(['report', 'one/run.jsonl', 'two/run.jsonl', '--reports', 'merged', ...args], {
      cwd: project.directory,
    })
  const merged = await merge('--allow-missing')
  expect(merged.exitCode, merged.stderr).toBe(1)
  const read = (name: string) => settle(readFileSync(project.find(name, 'report.json'), 'utf8'))
  const findings = (text: string) => JSON.parse(text.replaceAll('"settled"', '"settled": 0')).findings
  expect(findings(read('merged'))).toEqual(findings(read('whole')))
  expect(merged.stdout).toContain('stdout of `/app` in "runs" differs on linux/s390x')

  // The merged log is a log as any other; and what no job ran is told.
  const again = await runCli(['report', 'merged/run.jsonl', '--reports', 'again'], { cwd: project.directory })
  expect([again.exitCode, read('again')]).toEqual([1, read('merged')])
  const incomplete = await merge()
  expect(incomplete.stdout).toContain('no log has it: every job left it out')
  expect(incomplete.stdout).toContain('4 platforms not run')
})

test('a run is rendered again, also of a log that was torn', async () => {
  const project = await createProject({ suites: { 'app.suite.ts': SUITE } })
  const image = await ensureImage('differs')
  const flags = ['--no-audit', '--platform', 'linux/amd64']
  expect((await runCli(['run', image, ...flags], { cwd: project.directory })).exitCode).toBe(0)
  await cp(project.find('reports', 'report.json'), project.find('first.json'))
  const same = await runCli(['report', 'reports/run.jsonl'], { cwd: project.directory })
  expect(same.exitCode, same.stderr).toBe(0)
  const [before, after] = ['first.json', 'reports/report.json'].map(name =>
    readFileSync(project.find(name), 'utf8'),
  )
  expect(after).toBe(before)
  const log = readFileSync(project.find('reports', 'run.jsonl'), 'utf8')
  writeFileSync(project.find('torn.jsonl'), log.slice(0, -200))
  const torn = await runCli(['report', 'torn.jsonl', '--reports', 'torn'], { cwd: project.directory })
  expect(torn.exitCode, torn.stdout).toBe(3)
  for (const [args, problem] of [
    [['nowhere.jsonl'], 'nowhere.jsonl cannot be read'],
    [['package.json'], 'package.json: The text is not an event log'],
    [
      ['reports/run.jsonl', 'reports/run.jsonl'],
      'reports and reports-2 both ran linux/amd64 native on host local',
    ],
    [[], 'missing required argument'],
  ] as const) {
    const wrong = await runCli(['report', ...args], { cwd: project.directory })
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stderr).toContain(problem)
    expect(wrong.stderr).not.toContain('    at ')
  }
})
