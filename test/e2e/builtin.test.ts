import { expect, test } from 'vitest'
import { ensureImage } from '../lab/images/index.js'
import { runSuites } from './run-suites.js'

test('a healthy image has no finding, on all six platforms, and needs no suite', async () => {
  const run = await runSuites(await ensureImage('healthy'), undefined)
  expect(run.exitCode, run.output).toBe(0)
  expect(run.report.findings).toEqual([])
  expect(run.targets).toHaveLength(6)
  expect(run.report.verdict.counts).toMatchObject({ failed: 0, errored: 0 })
  expect(run.report.verdict.counts.passed).toBeGreaterThanOrEqual(6)
})

test('a healthy dynamic userland with Python has no finding', async () => {
  const run = await runSuites(await ensureImage('python'), undefined)
  expect(run.exitCode, run.output).toBe(0)
  expect(run.report.findings).toEqual([])
})

const show = (run: Awaited<ReturnType<typeof runSuites>>) =>
  run.report.findings
    .filter(({ kind }) => kind !== 'audit')
    .map(({ kind, cause, platforms, checks }) => ({
      kind,
      cause,
      platforms,
      suites: [...new Set(checks.map(check => check.split(' > ')[0]))],
    }))

const onArm64 = { cause: 'architecture', platforms: ['linux/arm64'] }

test.each([
  ['lost-library', [{ kind: 'failure', ...onArm64, suites: ['builtin/linkage'] }]],
  [
    'wrong-modules',
    [
      { kind: 'difference', ...onArm64, suites: ['builtin/native-modules'] },
      { kind: 'difference', ...onArm64, platforms: ['linux/s390x'], suites: ['builtin/native-modules'] },
    ],
  ],
  [
    'lost-zones',
    [{ kind: 'difference', cause: 'unattributed', platforms: ['linux/arm64'], suites: ['builtin/runtime'] }],
  ],
  [
    'wrong-program',
    [
      { kind: 'guard', ...onArm64, suites: ['builtin/start'] },
      { kind: 'failure', ...onArm64, suites: ['builtin/linkage'] },
    ],
  ],
  ['differs', [{ kind: 'difference', ...onArm64, platforms: ['linux/s390x'], suites: ['builtin/start'] }]],
  [
    'foreign',
    [
      {
        kind: 'guard',
        ...onArm64,
        suites: ['builtin/performance', 'builtin/runtime', 'builtin/start'],
      },
    ],
  ],
])('%s is found without a suite', async (image, expected) => {
  const run = await runSuites(await ensureImage(image), undefined)
  expect(run.exitCode, run.output).toBe(1)
  expect(show(run), run.output).toEqual(expected)
})
