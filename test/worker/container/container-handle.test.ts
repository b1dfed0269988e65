import type Docker from 'dockerode'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type CommandOptions,
  ContainerHandle,
  describeOutcome,
} from '../../../src/worker/container/container-handle.js'
import type { WorkerContext } from '../../../src/worker/context.js'
import type { Command } from '../../../src/worker/exec/command.js'
import { ExecutionGuard } from '../../../src/worker/guard/execution-guard.js'
import type { ListedProcess } from '../../../src/worker/guard/process-list.js'
import { chooseCwd, listSearchPath } from '../../../src/worker/program-search.js'
import { AMD64, ARM64 } from '../../lab/platforms.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { makeContext } from '../test-context.js'
import { buildBusybox, buildDebianShell, loadTestImage } from '../test-image.js'

const NEVER = new AbortController().signal

const FILES = [
  { path: 'data.txt', content: 'data\n' },
  { path: 'work/inner', directory: true },
  { path: 'usr/bin/only-in-usr', content: '#!/bin/sh\necho from usr\n', mode: 0o755 },
  { path: 'no-shebang', content: 'echo no shebang\n', mode: 0o755 },
  { path: 'no-interpreter', content: '#!/nope/python\n', mode: 0o755 },
  { path: 'garbage', content: Buffer.from([1, 2, 3, 0xff, 0]), mode: 0o755 },
  { path: 'truncated-elf', content: Buffer.from('7f454c4602010100', 'hex'), mode: 0o755 },
]

/** Runs commands as a check does: programs are looked up first, then the command runs. */
function makeRunner(container: Docker.Container, context: WorkerContext) {
  const listed: ListedProcess[] = []
  const handle = new ContainerHandle(container, context, {}, async (_, find) => {
    const process = await find()
    if (process !== undefined) listed.push(process)
  })
  const guard = new ExecutionGuard(context)
  const run = async (command: Command, options: CommandOptions = {}) => {
    const name = typeof command === 'string' ? undefined : command[0]
    const programs =
      name === undefined
        ? []
        : await guard.resolve(
            container,
            name,
            listSearchPath(context, {}, options.env),
            chooseCwd(context, {}, options.cwd),
          )
    const outcome = await handle.exec(command, options, NEVER, programs)
    const { durationMs: _, ...observation } = describeOutcome('exec', command, outcome)
    return observation
  }
  return { handle, listed, run }
}

const output = (text: string) => ({ text, bytes: Buffer.byteLength(text), truncated: false })
const ended = (exitCode: number, out = '', err = '') => ({
  exitCode,
  timedOut: false,
  stdout: output(out),
  stderr: output(err),
})

type Case = [title: string, command: readonly string[], options: CommandOptions, expected: object]

const CASES: readonly Case[] = [
  ['a plain program', ['echo', 'a b'], {}, ended(0, 'a b\n')],
  ['a program elsewhere in PATH', ['only-in-usr'], {}, ended(0, 'from usr\n')],
  [
    'a PATH of the command’s own, in which it is not',
    ['only-in-usr'],
    { env: { PATH: '/bin' } },
    { ...ended(127), startError: 'not-found' },
  ],
  ['a name that only the shell knows', ['export'], {}, { ...ended(127), startError: 'not-found' }],
  [
    'an applet of busybox that is no file',
    ['seq', '3'],
    { env: { PATH: '/nowhere' } },
    { ...ended(127), startError: 'not-found' },
  ],
  ['a relative folder', ['pwd'], { cwd: 'inner' }, ended(0, '/work/inner\n')],
  [
    'a relative folder with CDPATH',
    ['pwd'],
    { cwd: 'inner', env: { CDPATH: '/' } },
    ended(0, '/work/inner\n'),
  ],
  ['a missing folder', ['pwd'], { cwd: 'nope' }, { ...ended(126), startError: 'bad-cwd' }],
  [
    'a relative program',
    ['./inner/../../no-interpreter'],
    {},
    { ...ended(127), startError: 'no-interpreter' },
  ],
  ['a script without a shebang', ['/no-shebang'], {}, { ...ended(126), startError: 'exec-format' }],
  [
    'a script without its interpreter',
    ['/no-interpreter'],
    {},
    { ...ended(127), startError: 'no-interpreter' },
  ],
  ['garbage', ['/garbage'], {}, { ...ended(126), startError: 'exec-format' }],
  ['the beginning of an ELF file', ['/truncated-elf'], {}, { ...ended(126), startError: 'exec-format' }],
  ['standard input', ['cat'], { stdin: 'gr\u00fc\u00df\n' }, ended(0, 'gr\u00fc\u00df\n')],
  [
    'standard input as bytes',
    ['od', '-An', '-tx1'],
    { stdin: new Uint8Array([0, 255, 10]) },
    ended(0, ' 00 ff 0a\n'),
  ],
  ['standard input that nobody reads', ['true'], { stdin: 'x'.repeat(300_000) }, ended(0)],
  ['another user', ['id', '-u'], { user: 'nobody' }, ended(0, '65534\n')],
]

describe.each([
  ['busybox', AMD64, buildBusybox],
  ['busybox', ARM64, buildBusybox],
  ['dash', AMD64, (platform: typeof AMD64, files: typeof FILES) => buildDebianShell(platform, 'dash', files)],
  ['bash', AMD64, (platform: typeof AMD64, files: typeof FILES) => buildDebianShell(platform, 'bash', files)],
])('%s on $debian', (_, platform, build) => {
  let container: Docker.Container
  let withShell: ReturnType<typeof makeRunner>
  let withoutShell: ReturnType<typeof makeRunner>

  beforeAll(async () => {
    const engine = await connectTestEngine()
    const image = await loadTestImage(engine, platform, await build(platform, FILES), {
      Env: ['PATH=/bin:/usr/bin'],
      WorkingDir: '/work',
    })
    container = await startIdleContainer(engine, image.name)
    const context = makeContext(image, platform)
    const { shell: _, ...shellless } = context
    withShell = makeRunner(container, context)
    withoutShell = makeRunner(container, shellless)
  })

  test.each(CASES)('with a shell and without one the same: %s', async (_, command, options, expected) => {
    const fixed = { kind: 'command', via: 'exec', command }
    expect(await withoutShell.run(command, options), 'without a shell').toEqual({ ...fixed, ...expected })
    expect(await withShell.run(command, options), 'with a shell').toEqual({ ...fixed, ...expected })
  })

  test.each([
    ['a builtin', 'export A=1; echo $A', ended(0, '1\n')],
    ['a script without a shebang, which a shell runs', '/no-shebang', ended(0, 'no shebang\n')],
    ['a simple line', 'cat /data.txt', ended(0, 'data\n')],
    ['nothing', '', ended(0)],
    ['a comment', '# nothing', ended(0)],
    ['its own exit', 'echo x; exit 9; echo y', ended(9, 'x\n')],
  ])('a line means what it means to the shell: %s', async (_, line, expected) => {
    expect(await withShell.run(line)).toMatchObject({ ...expected, command: line })
  })

  test('a line whose program is missing has the shell’s own words', async () => {
    for (const line of ['nope', 'nope --help', 'nope; exit $?']) {
      const { exitCode, startError, stderr } = await withShell.run(line)
      expect({ exitCode, startError }).toEqual({ exitCode: 127, startError: undefined })
      expect(stderr.text).toMatch(/nope: .*not found\n$/)
    }
  })

  test('the session’s shell is reported once, as the engine lists it', async () => {
    await withShell.run('true')
    expect(withShell.listed).toHaveLength(1)
    expect(withShell.listed[0]?.args).toMatch(
      platform === AMD64 ? /^\/bin\/sh$/ : /^\S*aarch64\S* .*\/bin\/sh$/,
    )
  })
})

test('variables that a shell would drop or change reach the command as the image set them', async () => {
  const engine = await connectTestEngine()
  for (const variable of ['com.acme.level=2', 'SHLVL=7', 'PWD=/of/the/image', 'OLDPWD=/x', '_=/bin/x']) {
    const image = await loadTestImage(engine, AMD64, await buildDebianShell(AMD64, 'bash'), {
      Env: ['PATH=/bin:/usr/bin', variable],
    })
    const container = await startIdleContainer(engine, image.name)
    const { run } = makeRunner(container, makeContext(image, AMD64))
    expect((await run(['env'])).stdout.text, variable).toContain(`${variable}\n`)
  }
})

test('variables of a command’s own are not touched either', async () => {
  const engine = await connectTestEngine()
  const image = await loadTestImage(engine, AMD64, await buildDebianShell(AMD64, 'bash'), {
    Env: ['PATH=/bin:/usr/bin'],
  })
  const { run } = makeRunner(await startIdleContainer(engine, image.name), makeContext(image, AMD64))
  for (const name of ['SHLVL', 'PWD', '_', 'LANG']) {
    expect((await run(['env'], { env: { [name]: '9' } })).stdout.text).toContain(`${name}=9\n`)
  }
})

describe('what is refused', () => {
  let runner: ReturnType<typeof makeRunner>
  let engine: Docker

  beforeAll(async () => {
    engine = await connectTestEngine()
    const image = await loadTestImage(engine, AMD64, await buildBusybox(AMD64))
    runner = makeRunner(await startIdleContainer(engine, image.name), makeContext(image, AMD64))
  })

  test.each<[string, Command, CommandOptions]>([
    ['an empty vector', [], {}],
    ['NUL in a line', 'echo a\0b', {}],
    ['NUL in an argument', ['echo', 'a\0b'], {}],
    ['NUL in a variable', ['echo'], { env: { A: '\0' } }],
    ['NUL in the folder', ['echo'], { cwd: '/a\0' }],
    ['a variable’s name', ['echo'], { env: { 'a b': '' } }],
  ])('%s', async (_, command, options) => {
    await expect(runner.run(command, options)).rejects.toMatchObject({
      archparity: 'exception',
      code: 'COMMAND_INVALID',
    })
  })

  test('a line where there is no shell', async () => {
    const image = await loadTestImage(engine, AMD64, await buildBusybox(AMD64))
    const { shell: _, ...context } = makeContext(image, AMD64)
    const { run } = makeRunner(await startIdleContainer(engine, image.name), context)
    await expect(run('echo x')).rejects.toMatchObject({ code: 'NO_SHELL', archparity: 'exception' })
  })
})

describe('how a container ends', () => {
  async function start() {
    const engine = await connectTestEngine()
    const image = await loadTestImage(engine, AMD64, await buildBusybox(AMD64))
    const container = await startIdleContainer(engine, image.name)
    return { container, ...makeRunner(container, makeContext(image, AMD64)) }
  }

  test('a command that timed out through the engine takes the container with it, and the next is told', async () => {
    const { container, run } = await start()
    const outcome = await run(['sleep', '63'], { timeoutMs: 500, stdin: 'x' })
    expect(outcome).toMatchObject({ timedOut: true, exitCode: null })
    expect((await container.inspect()).State.Running).toBe(false)
    await expect(run(['echo'])).rejects.toMatchObject({
      archparity: 'exception',
      code: 'CONTAINER_ENDED',
      message: expect.stringContaining('sleep 63'),
    })
  })

  test('the image’s own end is the image’s, not the engine’s', async () => {
    const { container, run } = await start()
    await container.kill({ signal: 'SIGKILL' })
    await expect(run('echo x')).rejects.toMatchObject({
      archparity: 'exception',
      code: 'CONTAINER_ENDED',
      message: expect.stringContaining('exit code 137'),
    })
  })

  test('a container that is gone is the infrastructure’s doing', async () => {
    const { container, run } = await start()
    await container.remove({ force: true })
    await expect(run('echo x')).rejects.toMatchObject({ archparity: 'infrastructure', code: 'ENGINE_FAILED' })
  })

  test('removing twice is no error', async () => {
    const { handle } = await start()
    await handle.remove()
    await handle.remove()
  })
})
