import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { mergeSettings } from '../../src/config/load.js'
import type { ArchparityConfig } from '../../src/config/schema.js'
import type { CheckFinished, RunEvent, SuiteErrored } from '../../src/model/events.js'
import type { WorkerContext } from '../../src/worker/context.js'
import { makeFolder } from './temporary.js'

const DRIVER = fileURLToPath(new URL('fixtures/start-suites.mjs', import.meta.url))

/** A target that no container is ever started on. */
function makeContext(root: string, id: string, pass: WorkerContext['pass']): WorkerContext {
  return {
    target: {
      id,
      label: id,
      platform: { os: 'linux', architecture: 'amd64' },
      digest: 'sha256:0',
      host: 'local',
      execution: 'native',
      reference: true,
      reason: 'a test',
    },
    pass,
    image: 'nothing',
    reference: 'nothing',
    imageConfig: { env: [], exposedPorts: [], volumes: [], labels: {}, diffIds: [] },
    start: 'idle',
    reach: { kind: 'bridge', architecture: 'amd64' },
    env: {},
    timeScale: 1,
    limits: { commandTimeoutMs: 1000, startTimeoutMs: 1000, maxOutputBytes: 1000 },
    labels: {},
    foreignPrograms: [],
    isolateDeclared: false,
    root,
  }
}

interface Options {
  readonly config?: ArchparityConfig
  readonly filters?: readonly string[]
  readonly testNamePattern?: string
  readonly projects?: readonly (readonly [name: string, target: string, pass: WorkerContext['pass']])[]
  /** `start`, or a file: the run is cancelled as soon as it exists. */
  readonly cancelOn?: string
}

/** Runs suite files with the real vitest; each gets the imports that it would have, and no container. */
async function run(suites: Readonly<Record<string, string>>, options: Options = {}) {
  const root = await makeFolder()
  await mkdir(path.join(root, 'suites'))
  for (const [name, body] of Object.entries(suites)) {
    const head =
      "import { afterAll, beforeAll, beforeEach, describe, expect, test, useContainer } from 'archparity/suite'; useContainer(false)\n"
    await writeFile(
      path.join(root, 'suites', name),
      `${body.startsWith('RAW') ? '' : head}${body.replace(/^RAW/, '')}`,
    )
  }
  const { config = {}, filters = [], testNamePattern, cancelOn } = options
  const projects = (options.projects ?? [['one', 'target', 'main'] as const]).map(([name, target, pass]) => ({
    name,
    context: makeContext(root, target, pass),
    dockerHost: 'unix:///nowhere/docker.sock',
  }))
  const selection = { root, filters, ...(testNamePattern === undefined ? {} : { testNamePattern }) }
  const request = { projects, settings: mergeSettings(config), selection, concurrency: 2, cancelOn }
  const output = path.join(root, 'events.json')
  // As a user's shell would start it: nothing of the vitest that runs this test.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$|VITE_)/.test(name)),
  )
  const result = await execa(process.execPath, [DRIVER, JSON.stringify(request), output], {
    env,
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  })
  const text = await readFile(output, 'utf8').catch(() => {
    throw new Error(`no events were written: ${result.all}`)
  })
  const written = JSON.parse(text) as { events: RunEvent[]; listeners: number; exitCode: number | null }
  return {
    ...written,
    root,
    said: result.all,
    checks: written.events.filter((each): each is CheckFinished => each.type === 'check-finished'),
    broken: written.events.filter((each): each is SuiteErrored => each.type === 'suite-errored'),
  }
}

const summarize = (checks: readonly CheckFinished[]) =>
  Object.fromEntries(checks.map(({ check, status }) => [check.id.replace(/^suites\//, ''), status]))

test('each result is known before the next check ends', async () => {
  // Vitest's own sending alone keeps one in three of them back.
  const numbers = Array.from({ length: 12 }, (_, index) => index)
  const pairs = numbers.map(
    index => `
test('quick ${index}', () => {})
test('slow ${index}', async () => {
  const known = path.join(import.meta.dirname, '..', 'events.json.quick%20${index}')
  await expect.poll(() => existsSync(known), { timeout: 4000 }).toBe(true)
  await new Promise(resolve => setTimeout(resolve, 150))
})`,
  )
  const { checks } = await run({
    'a.suite.ts': `import { existsSync } from 'node:fs'; import path from 'node:path'\n${pairs.join('')}`,
  })
  const expected = numbers.flatMap(index => [`quick ${index}`, `slow ${index}`])
  expect(checks.map(({ check, status }) => `${check.name} ${status}`)).toEqual(
    expected.map(name => `${name} passed`),
  )
}, 60_000)

test('passing, failing, throwing, and what each is called', async () => {
  const { checks, broken, events, listeners, exitCode, said } = await run({
    'a.suite.ts': `
test('passes', () => {})
describe('outer', () => {
  describe('inner', () => {
    test('fails', () => { expect(1 + 1).toBe(3) })
  })
  test('throws', () => { throw new RangeError('too far') })
  test('throws words', () => { throw 'words' })
})
test('twice', () => {})
test('twice', () => { throw new Error('the second') })
`,
  })
  expect(summarize(checks)).toEqual({
    'a.suite.ts > passes': 'passed',
    'a.suite.ts > outer > inner > fails': 'failed',
    'a.suite.ts > outer > throws': 'failed',
    'a.suite.ts > outer > throws words': 'failed',
    'a.suite.ts > twice': 'passed',
    'a.suite.ts > twice #2': 'failed',
  })
  expect(broken).toEqual([])
  const find = (name: string) => checks.find(({ check }) => check.name === name)
  expect(find('passes')).toMatchObject({
    target: 'target',
    pass: 'main',
    attempts: 1,
    flaky: false,
    errors: [],
  })
  const failure = find('outer > inner > fails')
  expect(failure?.check).toMatchObject({ file: 'suites/a.suite.ts', line: 6 })
  expect(failure?.errors).toMatchObject([
    {
      kind: 'assertion',
      message: expect.stringContaining('expected 2 to be 3'),
      stack: expect.stringContaining('a.suite.ts:6:'),
    },
  ])
  expect(find('outer > throws')?.errors).toMatchObject([
    { kind: 'exception', message: 'RangeError: too far' },
  ])
  expect(find('outer > throws words')?.errors).toMatchObject([{ kind: 'exception', message: 'words' }])
  expect(JSON.stringify(events)).not.toContain('/dist/worker/')
  expect(listeners).toBe(0)
  expect(exitCode).toBeNull()
  expect(said).toBe('')
})

test('a suite file that gives no checks is told, whatever the reason', async () => {
  const { checks, broken, root } = await run({
    'syntax.suite.ts': 'RAWimport { test } from "archparity/suite"\ntest("x", () => {\n',
    'throws.suite.ts': 'throw new Error("while it was imported")',
    'missing.suite.ts': 'import "./nope.js"\ntest("x", () => {})',
    'empty.suite.ts': '// nothing',
    'blank.suite.ts': 'RAW',
    'no-tests-in-it.suite.ts': 'describe("nothing", () => {})',
    'good.suite.ts': 'test("good", () => {})',
  })
  expect(summarize(checks)).toEqual({ 'good.suite.ts > good': 'passed' })
  const told = Object.fromEntries(broken.map(({ file, code }) => [file.replace('suites/', ''), code]))
  expect(told).toEqual({
    'syntax.suite.ts': 'suite-broken',
    'throws.suite.ts': 'suite-broken',
    'missing.suite.ts': 'suite-broken',
    'empty.suite.ts': 'suite-empty',
    'blank.suite.ts': 'suite-empty',
    'no-tests-in-it.suite.ts': 'suite-empty',
  })
  expect(broken).toHaveLength(6)
  const find = (name: string) => broken.find(({ file }) => file === `suites/${name}.suite.ts`)
  expect(find('throws')).toMatchObject({
    message: 'while it was imported',
    stack: expect.stringContaining('throws.suite.ts:2:'),
  })
  expect(find('missing')?.message).toContain('nope.js')
  expect(find('syntax')?.message).toMatch(/syntax\.suite\.ts|PARSE|Expected|Unexpected/)
  expect(JSON.stringify(broken)).not.toContain(`${root}/node_modules`)
})

test('checks whose set-up failed are errored, not skipped', async () => {
  const { checks } = await run({
    'all.suite.ts': `
beforeAll(() => { throw new Error('no luck') })
test('one', () => {})
describe('in', () => { test('two', () => {}) })
test.skip('left out', () => {})
`,
    'some.suite.ts': `
describe('broken', () => {
  beforeAll(() => { throw new Error('no luck here') })
  test('one', () => {})
})
describe('whole', () => { test('two', () => {}) })
describe('each', () => {
  beforeEach(() => { throw new Error('each time') })
  test('three', () => {})
})
`,
  })
  expect(summarize(checks)).toEqual({
    'all.suite.ts > one': 'errored',
    'all.suite.ts > in > two': 'errored',
    'all.suite.ts > left out': 'skipped',
    'some.suite.ts > broken > one': 'errored',
    'some.suite.ts > whole > two': 'passed',
    'some.suite.ts > each > three': 'failed',
  })
  const error = checks.find(({ check }) => check.name === 'broken > one')?.errors
  expect(error).toMatchObject([{ kind: 'exception', message: 'no luck here' }])
})

test('a failing afterAll is told', async () => {
  const { checks, broken } = await run({
    'a.suite.ts': `
afterAll(() => { throw new Error('while cleaning up') })
test('one', () => {})
`,
  })
  expect(summarize(checks)).toEqual({ 'a.suite.ts > one': 'passed' })
  expect(broken).toMatchObject([{ file: 'suites/a.suite.ts', message: 'while cleaning up' }])
})

test('skip, todo, each, only and a skip in the middle', async () => {
  const { checks } = await run({
    'a.suite.ts': `
test.skip('skipped', () => {})
test.todo('to do')
test.each([1, 2])('each %i', () => {})
test('skips itself', ({ skip }) => { skip('not today') })
test.skipIf(true)('skipped if', () => {})
`,
    'only.suite.ts': `
test.only('only', () => {})
test('another', () => {})
`,
  })
  expect(summarize(checks)).toMatchObject({
    'a.suite.ts > skipped': 'skipped',
    'a.suite.ts > to do': 'skipped',
    'a.suite.ts > each 1': 'passed',
    'a.suite.ts > each 2': 'passed',
    'a.suite.ts > skips itself': 'skipped',
    'a.suite.ts > skipped if': 'skipped',
    'only.suite.ts > only': 'passed',
    'only.suite.ts > another': 'skipped',
  })
  expect(checks.find(({ check }) => check.name === 'skips itself')?.reason).toBe('not today')
})

test('a retry that passes is flaky, one that does not is failed', async () => {
  const { checks } = await run(
    {
      'a.suite.ts': `
let count = 0
test('passes at last', () => { count += 1; expect(count).toBe(3) })
test('never', () => { throw new Error('always') })
test('at once', () => {})
`,
    },
    { config: { retry: 2 } },
  )
  const show = checks.map(({ check, status, attempts, flaky, errors }) => [
    check.name,
    status,
    attempts,
    flaky,
    errors.length,
  ])
  expect(show).toEqual([
    ['passes at last', 'passed', 3, true, 2],
    ['never', 'failed', 3, false, 3],
    ['at once', 'passed', 1, false, 0],
  ])
})

test('-t leaves the others out of the run, wherever the name is cut', async () => {
  const suite = `
describe('web', () => {
  test('answers', () => {})
  test('a > b', () => {})
})
test('shell', () => {})
`
  const names = async (testNamePattern: string) =>
    (await run({ 'a.suite.ts': suite }, { testNamePattern })).checks.map(({ check, status }) => [
      check.name,
      status,
    ])
  expect(await names('web answers')).toEqual([['web > answers', 'passed']])
  expect(await names('^shell$')).toEqual([['shell', 'passed']])
  expect(await names('a > b')).toEqual([['web > a > b', 'passed']])
  expect(await names('nothing at all')).toEqual([])
})

test('every project is a target and a pass of its own, and file filters hold for all', async () => {
  const { checks } = await run(
    { 'a.suite.ts': "test('x', () => {})", 'b.suite.ts': "test('y', () => {})" },
    {
      filters: ['b.suite'],
      projects: [
        ['linux/amd64', 'amd64', 'main'],
        ['linux/arm64 (sha256:012)', 'arm64', 'main'],
        ['linux/amd64 (again)', 'amd64', 'noise'],
      ],
    },
  )
  expect(checks.map(({ target, pass, check }) => `${target} ${pass} ${check.name}`).sort()).toEqual([
    'amd64 main y',
    'amd64 noise y',
    'arm64 main y',
  ])
})

test('a check that never ends is ended, and the rest goes on', async () => {
  const { checks } = await run(
    { 'a.suite.ts': "test('hangs', () => new Promise(() => {}))\ntest('next', () => {})" },
    { config: { checkTimeout: 500 } },
  )
  expect(summarize(checks)).toEqual({ 'a.suite.ts > hangs': 'failed', 'a.suite.ts > next': 'passed' })
  expect(checks[0]?.errors).toMatchObject([{ kind: 'timeout' }])
})

test('a worker that is killed loses its file, and says so', async () => {
  const { checks, broken } = await run({
    'a.suite.ts':
      "test('first', () => {})\ntest('dies', () => { process.kill(process.pid, 'SIGKILL') })\ntest('after', () => {})",
    'b.suite.ts': "test('other', () => {})",
  })
  expect(checks.map(({ check }) => check.name)).not.toContain('after')
  expect(broken.map(({ code }) => code)).toContain('worker-lost')
  expect(broken.find(({ code }) => code === 'worker-lost')).toMatchObject({
    file: 'suites/a.suite.ts',
    target: 'target',
  })
})

test('an error that nobody waited for is told, with its file', async () => {
  const { broken } = await run({
    'a.suite.ts':
      "test('x', async () => { void Promise.reject(new Error('nobody waited')); await new Promise(r => setTimeout(r, 50)) })",
  })
  expect(broken).toMatchObject([
    { code: 'unhandled', message: expect.stringContaining('nobody waited'), file: 'suites/a.suite.ts' },
  ])
})

test('what had begun when the run was stopped gives no verdict', async () => {
  const begun = path.join(await makeFolder(), 'begun')
  const { checks, broken } = await run(
    {
      'a.suite.ts': `
import { writeFileSync } from 'node:fs'
test('first', () => {})
test('second', async () => {
  writeFileSync(${JSON.stringify(begun)}, '')
  await new Promise(resolve => setTimeout(resolve, 60_000))
})
test('third', () => {})
`,
    },
    { cancelOn: begun },
  )
  const summary = summarize(checks)
  expect(summary['a.suite.ts > first'] ?? 'passed').toBe('passed')
  expect(summary['a.suite.ts > second']).not.toBe('passed')
  expect(summary['a.suite.ts > third']).toBeUndefined()
  expect(broken).toEqual([])
})

test('a run that is stopped before it has begun runs nothing', async () => {
  const suite = "test('first', () => {})\ntest('second', () => new Promise(r => setTimeout(r, 60_000)))"
  const { checks, broken } = await run({ 'a.suite.ts': suite, 'b.suite.ts': suite }, { cancelOn: 'start' })
  expect(checks).toEqual([])
  expect(broken).toEqual([])
})

test('the suites’ own vitest and vite settings have no say', async () => {
  const { checks } = await run({
    '../vitest.config.ts': 'RAWthrow new Error("never read")',
    '../vite.config.ts': 'RAWthrow new Error("never read")',
    'a.suite.ts': "test('x', () => {})",
  })
  expect(summarize(checks)).toEqual({ 'a.suite.ts > x': 'passed' })
})
