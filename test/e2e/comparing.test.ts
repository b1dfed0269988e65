import { expect, test } from 'vitest'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/images/index.js'
import { runSuites } from './run-suites.js'

const SUITE = `
import { expect, test } from 'archparity/suite'
test('version', async ({ exec }) => {
  expect((await exec(['/usr/bin/app'])).exitCode).toBe(0)
})
`

/** Without the static audit, which finds the files themselves that are not the same. */
const configure = (settings: object) => `export default ${JSON.stringify({ audit: false, ...settings })}`

test('a declared difference holds parity and is told with its reason', async () => {
  const config = configure({
    differences: [
      {
        field: 'stdout',
        platforms: ['linux/s390x'],
        pattern: '^archparity lab ',
        reason: '1.0 is not out yet there',
      },
      { check: 'gone', reason: 'a check of last year' },
    ],
  })
  const run = await runSuites(await ensureImage('differs'), SUITE, [], config)
  expect(run.exitCode, run.output).toBe(0)
  expect(run.findings).toEqual([])
  if (process.env.SHOW) console.log(run.output)
  expect(run.output).toContain('on linux/s390x: 1.0 is not out yet there')
  expect(run.output).toContain('differences.1 (a check of last year) matched nothing in this run')
  expect(run.junit).toContain('1.0 is not out yet there')
})

test('a rule of the user is applied and named', async () => {
  const config = configure({ normalize: [{ name: 'versions', pattern: '[01]\\.\\d', replace: 'N' }] })
  const run = await runSuites(await ensureImage('differs'), SUITE, [], config)
  expect(run.exitCode, run.output).toBe(0)
  expect(run.output).toMatch(/Normalised lines: .*versions \(\d+\)/)
})

test('a bad declaration ends with exit code 2 and names the key', async () => {
  const config = configure({ differences: [{ pattern: '(', reason: 'x' }] })
  const project = await createProject({ config, suites: { 'app.suite.ts': SUITE } })
  const result = await runCli(['run', 'acme/app:1'], { cwd: project.directory })
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain('differences.0.pattern (is "(")')
})
