import { createHash } from 'node:crypto'
import type Docker from 'dockerode'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CommandOutcome, CommandRequest } from '../../../src/worker/exec/command.js'
import { type Argv, execThroughEngine } from '../../../src/worker/exec/engine-exec.js'
import { ShellSession } from '../../../src/worker/exec/shell-session.js'
import { AMD64, ARM64 } from '../../lab/platforms.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { buildBusybox, buildDebianShell, loadTestImage } from '../test-image.js'

const FILES = [
  { path: 'data.txt', content: 'data\n' },
  { path: 'script', content: '#!/bin/sh\nprintf "%s|" "$0" "$@"\n', mode: 0o755 },
  { path: "it's a folder", directory: true },
]
const ENV = ['PATH=/bin:/usr/bin', 'GREETING=gr\u00fc\u00df "dich"']
const LIMIT = 1_000_000

type Options = Partial<Omit<CommandRequest, 'command'>>

function request(command: Argv, options: Options = {}): CommandRequest {
  return { command, timeoutMs: 60_000, maxOutputBytes: LIMIT, ...options }
}

const sh = (line: string): Argv => ['/bin/sh', '-c', line]

/** An outcome as far as it must not depend on how the command was run; bytes as latin1 text. */
function describeOutcome({ durationMs: _, stdout, stderr, ...rest }: CommandOutcome) {
  const show = ({ kept, ...facts }: CommandOutcome['stdout']) => ({ text: kept.toString('latin1'), ...facts })
  return { ...rest, stdout: show(stdout), stderr: show(stderr) }
}

const written = (text: string) => ({ text, bytes: text.length, truncated: false })
const ended = (exitCode: number, out = '', err = '') => ({
  exitCode,
  timedOut: false,
  stdout: written(out),
  stderr: written(err),
})
const zeros = (bytes: number) => ({
  text: '\0'.repeat(LIMIT),
  bytes,
  truncated: true,
  sha256: createHash('sha256').update(Buffer.alloc(bytes)).digest('hex'),
})

type Case = [title: string, argv: Argv, options: Options, expected: object]

const CASES: readonly Case[] = [
  ['a success', ['true'], {}, ended(0)],
  ['both streams and an exit code', sh('echo out; echo err >&2; exit 3'), {}, ended(3, 'out\n', 'err\n')],
  ['NUL and bytes that are no text', ['printf', 'a\\000b\\377\\n'], {}, ended(0, 'a\0b\xff\n')],
  ['no line break at the end', ['printf', 'x'], {}, ended(0, 'x')],
  ['the highest exit code', sh('exit 255'), {}, ended(255)],
  ['a signal', sh('kill -9 $$'), {}, { ...ended(137), signal: 'SIGKILL' }],
  ['a signal that could be handled', sh('kill -TERM $$'), {}, { ...ended(143), signal: 'SIGTERM' }],
  ['a program that is not in PATH', ['nope'], {}, { ...ended(127), startError: 'not-found' }],
  ['a path that is not there', ['/nope/nope'], {}, { ...ended(127), startError: 'not-found' }],
  ['a file that is no program', ['/data.txt'], {}, { ...ended(126), startError: 'not-executable' }],
  ['a folder', ['/tmp'], {}, { ...ended(126), startError: 'not-executable' }],
  ['a folder to start in', ['pwd'], { cwd: "/it's a folder" }, ended(0, "/it's a folder\n")],
  ['a folder that is not there', ['pwd'], { cwd: '/nope' }, { ...ended(126), startError: 'bad-cwd' }],
  ['a file to start in', ['pwd'], { cwd: '/data.txt' }, { ...ended(126), startError: 'bad-cwd' }],
  [
    'the image’s environment',
    sh('echo "$GREETING"'),
    {},
    ended(0, Buffer.from('gr\u00fc\u00df "dich"\n').toString('latin1')),
  ],
  ['more environment', sh('printf %s "$A"'), { env: { A: 'a\n\'"$(id)\\ ' } }, ended(0, 'a\n\'"$(id)\\ ')],
  [
    'arguments that a shell would touch',
    ['/script', '', ' ', '*', '$HOME', "'", '"', '\\', '`id`', '-n', 'a\nb', '~', ';'],
    {},
    ended(0, '/script|| |*|$HOME|\'|"|\\|`id`|-n|a\nb|~|;|'),
  ],
  ['nothing on standard input', sh('cat; echo $?'), {}, ended(0, '0\n')],
  [
    'many lines',
    ['seq', '1', '30000'],
    {},
    ended(0, Array.from({ length: 30_000 }, (_, i) => `${i + 1}\n`).join('')),
  ],
  ['a flood', ['head', '-c', '5000000', '/dev/zero'], {}, { ...ended(0), stdout: zeros(5_000_000) }],
  [
    'a flood on standard error',
    sh('head -c 5000000 /dev/zero >&2'),
    {},
    { ...ended(0), stderr: zeros(5_000_000) },
  ],
  [
    'a flood before a shell’s own exit code',
    sh('head -c 1000001 /dev/zero; exit 127'),
    {},
    { ...ended(127), stdout: zeros(1_000_001) },
  ],
  [
    'output before what looks like a shell’s own remark',
    sh('echo out; echo "/bin/sh: 1: exec: /bin/sh: not found" >&2; exit 127'),
    {},
    ended(127, 'out\n', '/bin/sh: 1: exec: /bin/sh: not found\n'),
  ],
  ['closed outputs', sh('exec >&- 2>&-; sleep 0.1; exit 4'), {}, ended(4)],
  ['exec in a line', sh('exec echo hi'), {}, ended(0, 'hi\n')],
  ['exit codes of a shell from a program', sh('exit 126'), {}, ended(126)],
  ['a line that looks like an end', ['printf', '\\036abc:0\\036'], {}, ended(0, '\x1eabc:0\x1e')],
  ['waited-for children', sh('sleep 0 & wait; echo done'), {}, ended(0, 'done\n')],
  [
    'no open files but the streams',
    sh('for fd in 3 4 5 6 7 8 9 10 11; do [ -e /proc/$$/fd/$fd ] && echo $fd; done; echo checked'),
    {},
    ended(0, 'checked\n'),
  ],
  ['the default mask', sh('umask'), {}, ended(0, '0022\n')],
]

describe.each([
  ['busybox', AMD64, buildBusybox],
  ['busybox', ARM64, buildBusybox],
  ['dash', AMD64, (platform: typeof AMD64, files: typeof FILES) => buildDebianShell(platform, 'dash', files)],
  ['bash', AMD64, (platform: typeof AMD64, files: typeof FILES) => buildDebianShell(platform, 'bash', files)],
])('%s on $debian', (_, platform, build) => {
  let container: Docker.Container
  let session: ShellSession

  beforeAll(async () => {
    const engine = await connectTestEngine()
    const { name } = await loadTestImage(engine, platform, await build(platform, FILES), { Env: ENV })
    container = await startIdleContainer(engine, name)
    session = await ShellSession.open(container, '/bin/sh')
    return () => session.close()
  })

  test.each(CASES)('a session and the engine agree: %s', async (_, argv, options, expected) => {
    const inSession = describeOutcome(await session.run(argv, request(argv, options)))
    const throughEngine = describeOutcome(await execThroughEngine(container, argv, request(argv, options)))
    expect(throughEngine, 'through the engine').toEqual(expected)
    expect(inSession, 'in a session').toEqual(expected)
    expect(session.usable).toBe(true)
  })

  test('a session and the engine agree: the whole environment', async () => {
    const argv = sh('cat /proc/self/environ')
    const sort = (outcome: CommandOutcome) => outcome.stdout.kept.toString().split('\0').sort()
    const throughEngine = await execThroughEngine(container, ['cat', '/proc/self/environ'], request(argv))
    const inSession = await session.run(['cat', '/proc/self/environ'], request(argv))
    expect(sort(inSession)).toEqual(sort(throughEngine))
  })

  test('a timeout kills a whole tree that ignores every signal that can be ignored', async () => {
    const tree =
      "trap '' TERM INT HUP; echo begun; (while :; do sleep 9; done) & while :; do sleep 9; done | cat"
    const outcome = await session.run(sh(tree), request(sh(tree), { timeoutMs: 1500 }))
    expect(describeOutcome(outcome)).toMatchObject({
      exitCode: null,
      timedOut: true,
      stdout: written('begun\n'),
    })
    const left = (await container.top({ ps_args: '-eo pid,args' })) as { Processes: string[][] }
    expect(JSON.stringify(left.Processes)).not.toContain('sleep')
  })

  test('a timeout that was reached leaves the session fit for the next command', async () => {
    const fresh = await ShellSession.open(container, '/bin/sh')
    await fresh.run(['sleep', '60'], request(['sleep', '60'], { timeoutMs: 500 }))
    expect(fresh.usable).toBe(true)
    expect(describeOutcome(await fresh.run(['echo', 'x'], request(['echo', 'x'])))).toEqual(ended(0, 'x\n'))
    fresh.close()
  })

  test('an abort kills the command', async () => {
    const fresh = await ShellSession.open(container, '/bin/sh')
    const controller = new AbortController()
    const running = fresh.run(['sleep', '61'], request(['sleep', '61'], { signal: controller.signal }))
    controller.abort()
    expect(await running).toMatchObject({ timedOut: true })
    const left = (await container.top({ ps_args: '-eo pid,args' })) as { Processes: string[][] }
    expect(JSON.stringify(left.Processes)).not.toContain('"sleep 61')
    fresh.close()
  })
})
