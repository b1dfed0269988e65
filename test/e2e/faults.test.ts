import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createProject, runCli, startCli } from '../lab/cli.js'
import { ensureImage } from '../lab/images/index.js'
import { listLeftovers } from '../lab/leftovers.js'
import { runSuites } from './run-suites.js'
import { waitForLog } from './wait-for-log.js'

const PASSING = `import { expect, test } from 'archparity/suite'
test('runs', async ({ exec }) => { expect((await exec('uname -s')).exitCode).toBe(0) })
`

/** Every message for a user names what happened and what to do next, and is no stack trace. */
function expectClearError(text: string): void {
  expect(text).toMatch(/^error .{10,}/m)
  expect(text).toMatch(/^ {2}try .{10,}/m)
  expect(text).not.toMatch(/\n\s+at .+:\d+:\d+/)
}

async function runOn(
  image: string,
  flags: readonly string[] = [],
  env: Record<string, string | undefined> = {},
) {
  const project = await createProject({ suites: { 'app.suite.ts': PASSING } })
  const result = await runCli(['run', image, ...flags], { cwd: project.directory, env })
  return { ...result, text: `${result.stdout}\n${result.stderr}`, project }
}

test.each([
  ['a malformed reference', 'Not A Reference', 2, /reference/i],
  ['an upper-case repository', '127.0.0.1:1/Lab/Healthy', 2, /lower/i],
  ['a registry that does not answer', '127.0.0.1:1/lab/healthy', 3, /127\.0\.0\.1:1/],
])('%s', async (_, image, code, words) => {
  const { exitCode, text } = await runOn(image)
  expect(exitCode, text).toBe(code)
  expect(text).toMatch(words)
  expect(text).not.toMatch(/\n\s+at .+:\d+:\d+/)
})

test('an unknown repository and an unknown tag are told apart from a lost registry', async () => {
  const known = await ensureImage('healthy')
  for (const image of [
    `${inject('registry')}/lab/no-such-image`,
    known.replace(/:latest$/, ':no-such-tag'),
  ]) {
    const { exitCode, text } = await runOn(image)
    expect(exitCode, text).toBe(2)
    expect(text).toContain('no-such-')
  }
})

test('a registry that wants a login says how, and with one the run passes', async () => {
  const image = (await ensureImage('healthy')).replace(inject('registry'), inject('authRegistry'))
  const refused = await runOn(image, ['--platform', 'linux/amd64'], { DOCKER_CONFIG: '/nonexistent' })
  expect(refused.exitCode, refused.text).toBe(2)
  expect(refused.text).toContain('docker login')
  const auth = Buffer.from('lab:secret').toString('base64')
  const login = JSON.stringify({ auths: { [inject('authRegistry')]: { auth } } })
  const allowed = await runOn(image, ['--platform', 'linux/amd64'], { DOCKER_AUTH_CONFIG: login })
  expect(allowed.exitCode, allowed.text).toBe(0)
  const everything = allowed.text + readFileSync(allowed.project.find('reports', 'run.jsonl'), 'utf8')
  expect(everything).not.toContain('secret')
  expect(everything).not.toContain(auth)
})

test('an index with nothing that can run here is lost coverage', async () => {
  const { exitCode, text } = await runOn(await ensureImage('unrunnable'))
  expect(exitCode, text).toBe(3)
  expect(text).toContain('No platform of')
})

test('no engine', async () => {
  const { exitCode, text } = await runOn(await ensureImage('healthy'), [], {
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
  })
  expect(exitCode, text).toBe(3)
  expect(text).toContain('/nonexistent/docker.sock')
  expect(text).toContain('DOCKER_HOST')
})

test.each([
  ['an unknown key', 'export default { suits: [] }', /unknown setting "suits", did you mean "suites"/],
  ['a bad value', 'export default { retry: "often" }', /retry \(is "often"\)/],
  ['a file that throws', 'throw new Error("not today")', /not today/],
  ['a platform that is none', 'export default { platforms: ["windows"] }', /platforms\.0 \(is "windows"\)/],
])('a configuration with %s', async (_, config, words) => {
  const project = await createProject({ suites: { 'app.suite.ts': PASSING }, config })
  const { exitCode, stderr } = await runCli(['run', 'x'], { cwd: project.directory })
  expect(exitCode, stderr).toBe(2)
  expect(stderr).toMatch(words)
  expectClearError(stderr)
})

test('a flag that does not exist, and one with a bad value', async () => {
  const project = await createProject()
  for (const [args, words] of [
    [['run', 'x', '--platfrom', 'linux/arm64'], /did you mean --platform/i],
    [['run', 'x', '--retry', 'often'], /whole number/],
    [['run', 'x', '--platform', '///'], /os\/architecture/],
    [['rnu', 'x'], /did you mean run/i],
  ] as const) {
    const { exitCode, stderr } = await runCli(args, { cwd: project.directory })
    expect(exitCode, stderr).toBe(2)
    expect(stderr).toMatch(words)
  }
})

test('no suite at all', async () => {
  const project = await createProject()
  for (const flags of [
    ['--builtin', 'off'],
    ['--suites', 'none/*.suite.ts'],
  ]) {
    const { exitCode, stderr } = await runCli(['run', 'x', ...flags], { cwd: project.directory })
    expect(exitCode, stderr).toBe(2)
    expectClearError(stderr)
  }
})

test('broken suite files are usage errors, and the others run and are reported all the same', async () => {
  const project = await createProject({
    suites: {
      'good.suite.ts': PASSING,
      'syntax.suite.ts': 'import { test } from "archparity/suite"\ntest("x", async ({ => {',
      'throws.suite.ts': 'throw new Error("on import")',
      'empty.suite.ts': 'export {}',
    },
  })
  const image = await ensureImage('healthy')
  const result = await runCli(['run', image, '--platform', 'linux/amd64,linux/arm64'], {
    cwd: project.directory,
  })
  const text = `${result.stdout}\n${result.stderr}`
  expect(result.exitCode, text).toBe(2)
  for (const name of ['syntax', 'throws', 'empty']) expect(text).toContain(`suites/${name}.suite.ts`)
  expect(text).toContain('on import')
  const report = JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))
  expect(report.verdict.counts.passed).toBe(2)
})

test('reports on a full disk: the result is complete on the terminal, the loss is told', async () => {
  const image = await ensureImage('healthy')
  const project = await createProject({ suites: { 'app.suite.ts': PASSING } })
  const small = project.find('small')
  await mkdir(small)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small])
  onTestFinished(() => void execFileSync('umount', [small]))
  const result = await runCli(['run', image, '--platform', 'linux/amd64,linux/arm64', '--reports', 'small'], {
    cwd: project.directory,
  })
  expect(result.exitCode, result.stderr).toBe(3)
  expect(result.stdout).toContain('2 passed')
  expect(result.stderr).toContain('ENOSPC')
})

test('a service that exits at once fails where it is asked, with its exit code', async () => {
  const suite = `import { expect, test } from 'archparity/suite'
test('answers', async ({ http }) => { expect((await http('/')).status).toBe(200) })
`
  const run = await runSuites(await ensureImage('exits'), suite, ['--platform', 'linux/amd64,linux/arm64'])
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([
    { kind: 'failure', cause: 'image', platforms: ['linux/amd64', 'linux/arm64'] },
  ])
  expect(run.output).toContain('exit code 3')
})

test('a web server, one that ignores SIGTERM, and an image without a shell', async () => {
  const suite = `import { expect, test } from 'archparity/suite'
test('serves', async ({ http }) => {
  expect((await http('/health.json')).json()).toEqual({ status: 'ok', version: '1.0' })
})
test('has its page', async ({ file }) => { expect((await file('/www/index.html')).text()).toContain('archparity lab') })
test('app', async ({ exec }) => { expect((await exec(['/usr/bin/app', '--version'])).exitCode).toBeLessThan(2) })
`
  for (const name of ['web', 'shellless']) {
    const run = await runSuites(await ensureImage(name), suite)
    expect(run.exitCode, run.output).toBe(0)
    expect(run.targets).toHaveLength(6)
  }
  const withoutApp = suite
    .split('\n')
    .filter(line => !line.includes('/usr/bin/app'))
    .join('\n')
  const stubborn = await runSuites(await ensureImage('stubborn'), withoutApp, [
    '--platform',
    'linux/amd64,linux/s390x',
  ])
  expect(stubborn.exitCode, stubborn.output).toBe(0)
})

test('a check that fails and then passes is nondeterminism, not architecture', async () => {
  const suite = `import { expect, test } from 'archparity/suite'
test('starts', async ({ exec }) => { expect((await exec(['/app'])).exitCode).toBe(0) })
`
  const run = await runSuites(await ensureImage('flaky'), suite, [
    '--retry',
    '1',
    '--platform',
    'linux/amd64,linux/arm64',
  ])
  expect(new Set(run.findings.map(finding => finding.cause)), run.output).toEqual(new Set(['nondeterminism']))
})

test('a run leaves nothing behind, and the next one sweeps what a killed one left', async () => {
  const image = await ensureImage('healthy')
  const project = await createProject({
    suites: {
      'app.suite.ts': `import { test } from 'archparity/suite'
test('long', async ({ exec }) => { await exec('touch /tmp/began; sleep 60') })
`,
    },
  })
  const killed = startCli(['run', image, '--platform', 'linux/amd64,linux/arm64'], { cwd: project.directory })
  await waitForLog(project.find('reports', 'run.jsonl'), 'check-started')
  killed.kill('SIGKILL')
  await killed
  expect(await listLeftovers({ pid: killed.pid, directory: project.directory })).not.toEqual([])
  await writeFile(project.find('suites', 'app.suite.ts'), PASSING)
  const next = await runCli(['run', image, '--platform', 'linux/amd64'], { cwd: project.directory })
  expect(next.exitCode, next.stderr).toBe(0)
  expect(await listLeftovers({ pid: next.pid, directory: project.directory })).toEqual([])
  const left = await listLeftovers({ pid: killed.pid, directory: project.directory })
  expect(left.filter(line => !line.startsWith('process'))).toEqual([])
})

test.each([
  ['once', 1],
  ['twice', 2],
])('Ctrl-C %s ends the run with 130 and leaves nothing', async (_, times) => {
  const image = await ensureImage('healthy')
  const project = await createProject({
    suites: {
      'app.suite.ts': `import { test } from 'archparity/suite'
test('first', async ({ exec }) => { await exec('true') })
test('long', async ({ exec }) => { await exec('sleep 60') })
`,
    },
  })
  const running = startCli(['run', image, '--platform', 'linux/amd64,linux/arm64'], {
    cwd: project.directory,
  })
  await waitForLog(project.find('reports', 'run.jsonl'), 'first","line":2},"status":"passed"')
  for (let count = 0; count < times; count++) running.kill('SIGINT')
  const result = await running
  expect(result.exitCode, String(result.stderr)).toBe(130)
  expect(await listLeftovers({ pid: running.pid, directory: project.directory })).toEqual([])
  if (times === 1) {
    const report = JSON.parse(readFileSync(project.find('reports', 'report.json'), 'utf8'))
    expect(report.verdict.outcome).toBe('interrupted')
    expect(report.verdict.counts.passed).toBeGreaterThan(0)
  }
})
