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

test('JSON, expected values, cut output and slow checks, as a user sees them', {
  timeout: 180_000,
}, async () => {
  // Slow by far whatever the machine does meanwhile: five times a quarter of a second, at twenty times the reference's time.
  const suite = `
import { expect, test } from 'archparity/suite'
const word = 'echo $(( $(od -An -tx1 -j4 -N1 /bin/busybox) * 32 ))'
test('word size', async ({ exec, perPlatform, observe }) => {
  const bits = perPlatform({ 'linux/arm/v7': 32, 'linux/386': 32, default: 64 })
  expect((await exec(word)).stdout).toBe(bits + '\\n')
  observe('bits', { word: bits })
})
test('json', async ({ exec, file }) => {
  const [one, other] = ['{"b": [1, 2], "a": 1}', '{ "a": 1,  "b": [ 1, 3 ] }']
  await exec("case $(uname -m) in s390x) echo '" + one + "' ;; aarch64) echo '" + other.replace(/ /g, '') + "' ;; *) echo '" + other + "' ;; esac > /tmp/x.json")
  await file('/tmp/x.json')
})
test('flood', async ({ exec }) => { await exec('yes | head -c 2000; [ $(uname -m) != ppc64le ] || echo more') })
test('slow', async ({ exec }) => { await exec('if [ $(uname -m) = aarch64 ]; then sleep 25; fi') })
for (let index = 0; index < 4; index += 1) test('quick ' + index, async ({ exec }) => { await exec('true') })
`
  const run = await runSuites(await ensureImage('healthy'), suite, ['--max-output', '1k'], configure({}))
  expect(run.exitCode, run.output).toBe(1)
  expect(run.findings).toEqual([
    { kind: 'difference', cause: 'unattributed', platforms: ['linux/ppc64le'] },
    { kind: 'difference', cause: 'unattributed', platforms: ['linux/s390x'] },
    { kind: 'slow', cause: 'unattributed', platforms: ['linux/arm64'] },
  ])
  expect(run.output).toContain('+ $.b[1]: 2')
  expect(run.output.replace(/\s+/g, ' ')).toContain(
    'expected per platform: linux/arm/v7: 32, linux/386: 32, default: 64',
  )
  expect(run.output).toMatch(
    /equal up to byte 1024, unknown from there on: hashes differ \(2000 and 2005 bytes\)/,
  )
  expect(run.output).toContain('warning: "slow" is far slower on linux/arm64')
})

test('a bad declaration ends with exit code 2 and names the key', async () => {
  const config = configure({ differences: [{ pattern: '(', reason: 'x' }] })
  const project = await createProject({ config, suites: { 'app.suite.ts': SUITE } })
  const result = await runCli(['run', 'acme/app:1'], { cwd: project.directory })
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain('differences.0.pattern (is "(")')
})
