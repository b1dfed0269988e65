import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/events.js'
import { createProject, runCli } from '../lab/cli.js'
import { ensureImage } from '../lab/images/index.js'
import { JSON_SUITE, SCHEMA_2, SINGLES } from './structure-cases.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/s390x']

/** Runs all cases; gives for each target and check what came of it. */
async function runCases(flags: readonly string[]): Promise<Map<string, { status: string; errors: unknown }>> {
  const project = await createProject({
    suites: {
      ...Object.fromEntries(Object.entries(SINGLES).map(([name, text]) => [`${name}.yaml`, text])),
      'all.yaml': SCHEMA_2,
      'all.suite.json': JSON.stringify(JSON_SUITE, null, 2),
    },
    files: { 'some.env': '# a comment\nFROM_FILE=a b\n' },
  })
  const result = await runCli(
    [
      'run',
      await ensureImage('structured'),
      '--no-noise',
      '--no-audit',
      ...PLATFORMS.flatMap(each => ['--platform', each]),
      ...flags,
    ],
    { cwd: project.directory, timeoutMs: 540_000, env: { ARCHPARITY_TEST_SECRET: 'hidden' } },
  )
  expect(result.exitCode, result.stderr).toBe(1)
  const log = await readFile(project.find('reports', 'run.jsonl'), 'utf8')
  expect(log.match(/hidden/g) ?? []).toHaveLength(countSecretOutputs(log))
  const events = log
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as LoggedEvent)
  return new Map(
    events.flatMap(event =>
      event.type === 'check-finished'
        ? [[`${event.target} ${event.check.id}`, { status: event.status, errors: event.errors }]]
        : [],
    ),
  )
}

/** Where a command printed it itself. */
const countSecretOutputs = (log: string) => log.match(/ARCHPARITY_TEST_SECRET=hidden/g)?.length ?? 0

test('every field gives the verdict that its documentation promises, shared or isolated', {
  timeout: 600_000,
}, async () => {
  const [shared, isolated] = [await runCases([]), await runCases(['--isolate'])]
  expect(listWrong(shared)).toEqual([])
  expect(listWrong(isolated)).toEqual([])
  expect(shared.size).toBe(PLATFORMS.length * 96)
  expect([...isolated.keys()].sort()).toEqual([...shared.keys()].sort())
})

/** What did not come out as its name says, with the reason. */
function listWrong(run: Awaited<ReturnType<typeof runCases>>) {
  return [...run].filter(([id, { status }]) => {
    const promised = /suites\/(pass|fail)-/.exec(id)?.[1] ?? /: (pass|fail) /.exec(id)?.[1] ?? 'pass'
    return status !== `${promised}ed`
  })
}
