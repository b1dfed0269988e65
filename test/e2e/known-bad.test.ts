import { expect, test } from 'vitest'
import { ensureImage } from '../lab/images/index.js'
import { runSuites } from './run-suites.js'

/** Every check a maintainer might write about the lab's `app`, without knowing of platforms. */
const APP_SUITE = `
import { expect, test } from 'archparity/suite'
test('app runs', async ({ exec }) => {
  const { exitCode } = await exec(['/usr/bin/app'], { timeoutMs: 20000 })
  expect(exitCode).toBe(0)
})
test('system', async ({ exec }) => {
  expect((await exec('uname -s')).stdout).toBe('Linux\\n')
})
`
test('a healthy image has no finding, on all six platforms', async () => {
  const run = await runSuites(await ensureImage('healthy'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(0)
  expect(run.report.findings).toEqual([])
  expect(run.targets).toEqual([
    'linux/386',
    'linux/amd64',
    'linux/arm/v7',
    'linux/arm64',
    'linux/ppc64le',
    'linux/s390x',
  ])
  expect(run.report.verdict.counts).toMatchObject({ passed: 12, failed: 0, errored: 0 })
})

test('an amd64 userland in the arm64 image is found, although it runs', async () => {
  const run = await runSuites(await ensureImage('foreign'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([{ kind: 'guard', cause: 'architecture', platforms: ['linux/arm64'] }])
  expect(JSON.stringify(run.report.findings[0]?.evidence)).toContain('amd64')
})

test('a single amd64 program in the arm64 image is found, and named', async () => {
  const run = await runSuites(await ensureImage('foreign-app'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([{ kind: 'guard', cause: 'architecture', platforms: ['linux/arm64'] }])
  expect(JSON.stringify(run.report.findings[0])).toContain('/usr/bin/app')
  expect(JSON.stringify(run.report.findings[0]?.evidence)).toContain('static audit, foreign-elf')
  expect(run.report.findings[0]?.checks).toEqual(['suites/app.suite.ts > app runs'])
})

test('a crash on one platform is blamed on nobody without a native run', async () => {
  const run = await runSuites(await ensureImage('crash'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([{ kind: 'failure', cause: 'unattributed', platforms: ['linux/arm64'] }])
  const [finding] = run.report.findings
  expect(JSON.stringify(finding?.evidence)).toMatch(/SIGILL|SIGSEGV/)
  expect(finding?.reproduce[0]).toMatch(/^docker run .*--platform linux\/arm64 .*@sha256:[0-9a-f]{64}/)
})

test('an output that differs on one platform is found, and the script that differs there explains it', async () => {
  const run = await runSuites(await ensureImage('differs'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([
    { kind: 'difference', cause: 'architecture', platforms: ['linux/s390x'] },
    { kind: 'audit', cause: 'architecture', platforms: ['linux/s390x'] },
  ])
  expect(JSON.stringify(run.report.findings[0]?.evidence)).toContain('static audit, content-differs')
  expect(run.report.verdict.counts).toMatchObject({ passed: 12, failed: 0 })
})

test('without the audit, the same difference is blamed on nobody', async () => {
  const run = await runSuites(await ensureImage('differs'), APP_SUITE, ['--no-audit'])
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([{ kind: 'difference', cause: 'unattributed', platforms: ['linux/s390x'] }])
  expect(run.report.verdict.counts).toMatchObject({ passed: 12, failed: 0 })
})

test('a hang on one platform ends at the command’s time limit', async () => {
  const run = await runSuites(await ensureImage('hang'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([
    { kind: 'failure', cause: 'architecture', platforms: ['linux/arm/v7'] },
    { kind: 'audit', cause: 'architecture', platforms: ['linux/arm/v7'] },
  ])
  expect(JSON.stringify(run.report.findings[0]?.evidence)).toContain('timeout')
})

test('a platform that was asked for and is missing is lost coverage', async () => {
  const image = await ensureImage('missing')
  const run = await runSuites(image, APP_SUITE, ['--platform', 'linux/amd64,linux/arm/v7'])
  expect(run.exitCode, run.output).toBe(3)
  expect(run.output).toContain('linux/arm/v7')
})

test('a platform whose config names another is told', async () => {
  const run = await runSuites(await ensureImage('mislabelled'), APP_SUITE)
  expect(run.findings).toEqual([{ kind: 'metadata', cause: 'architecture', platforms: ['linux/arm64'] }])
})

test('chance is learned from a second run and masked, not reported', async () => {
  const run = await runSuites(await ensureImage('noisy'), APP_SUITE)
  expect(run.exitCode, run.output).toBe(0)
  expect(run.report.findings).toEqual([])
})

test('garbage and a flood of output are recorded, shown harmlessly and equal everywhere', async () => {
  const garbage = await runSuites(await ensureImage('garbage'), APP_SUITE)
  expect(garbage.exitCode, garbage.output).toBe(0)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(garbage.output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
  const patient = APP_SUITE.replace(', { timeoutMs: 20000 }', '')
  const limits = ['--command-timeout', '100s', '--platform', 'linux/amd64']
  const flood = await runSuites(await ensureImage('flood'), patient, limits)
  expect(flood.exitCode, flood.output).toBe(0)
  expect(JSON.stringify(flood.events)).toContain('"truncated":true')
})
