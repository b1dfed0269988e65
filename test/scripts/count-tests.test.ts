import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'

/** Last line and exit code for a report with those files: each a status and the statuses of its tests. */
async function count(files: readonly (readonly [string, readonly string[]])[] | undefined) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lab-count-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const report = path.join(folder, 'tests.json')
  const testResults = files?.map(([status, tests]) => ({
    name: 'a.test.ts',
    status,
    assertionResults: tests.map(each => ({ status: each })),
  }))
  if (testResults) writeFileSync(report, JSON.stringify({ testResults }))
  const script = path.join(ROOT, 'scripts', 'count-tests.mjs')
  const { stdout, exitCode } = await execa(process.execPath, [script, report], { reject: false })
  return [stdout.split('\n').at(-1), exitCode]
}

test('passed and failed tests are counted, skipped ones are not', async () => {
  expect(await count([['passed', ['passed', 'skipped', 'passed']]])).toEqual(['2 passed, 0 failed', 0])
  expect(await count([['failed', ['passed', 'failed']]])).toEqual(['1 passed, 1 failed', 1])
})

test('a file that broke before its first test is a failure', async () => {
  expect(
    await count([
      ['failed', []],
      ['passed', ['passed']],
    ]),
  ).toEqual(['1 passed, 1 failed', 1])
})

test('no report and no test are never a success', async () => {
  expect(await count(undefined)).toEqual(['0 passed, 1 failed', 1])
  expect(await count([])).toEqual(['0 passed, 0 failed', 1])
})
