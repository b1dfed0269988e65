import { expect, test } from 'vitest'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/images/index.js'
import { readEvents, readReport } from './read-run.js'
import { ENDING_SERVICE, SERVICE_SUITE } from './service-cases.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/s390x']

test('tests of the started image give the verdicts that their documentation promises', {
  timeout: 240_000,
}, async () => {
  const project = await createProject({
    suites: { 'service.yaml': SERVICE_SUITE, 'ending.yaml': ENDING_SERVICE },
  })
  const flags = ['--no-audit', '--no-noise', ...PLATFORMS.flatMap(each => ['--platform', each])]
  const result = await runCli(['run', await ensureImage('service'), ...flags], {
    ...{ cwd: project.directory, timeoutMs: 220_000 },
  })
  expect(result.exitCode, result.stderr).toBe(1)
  const finished = readEvents(project).flatMap(event => (event.type === 'check-finished' ? [event] : []))
  const promised = (name: string) =>
    ({ pass: 'passed', fail: 'failed', skip: 'skipped' })[/: (pass|fail) /.exec(name)?.[1] ?? 'pass'] ?? ''
  const wrong = finished.filter(({ check, status }) => {
    const expected = check.id === 'suites/ending.yaml > Health Test' ? 'skipped' : promised(check.name)
    return status !== expected
  })
  expect(
    wrong.map(({ target, check, status, errors, durationMs }) => [
      target,
      check.id,
      status,
      errors,
      durationMs,
    ]),
  ).toEqual([])
  expect(finished).toHaveLength(PLATFORMS.length * 36)
  // What is expected per platform, or declared beside the test, is no finding; all else failed on every platform.
  const { findings } = readReport(project)
  expect(findings.filter(({ kind }) => kind !== 'failure')).toEqual([])
  expect(new Set(findings.map(({ cause }) => cause))).toEqual(new Set(['image']))
})
