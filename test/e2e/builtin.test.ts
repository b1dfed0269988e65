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
