import type Docker from 'dockerode'
import { beforeAll, expect, test, vi } from 'vitest'
import type { CommandRequest } from '../../../src/worker/exec/command.js'
import type { Argv } from '../../../src/worker/exec/engine-exec.js'
import { SessionPool } from '../../../src/worker/exec/session-pool.js'
import { ShellSession } from '../../../src/worker/exec/shell-session.js'
import { AMD64 } from '../../lab/platforms.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { buildBusybox, loadTestImage } from '../test-image.js'

let engine: Docker
let image: string
let container: Docker.Container

beforeAll(async () => {
  engine = await connectTestEngine()
  image = (await loadTestImage(engine, AMD64, await buildBusybox(AMD64))).name
  container = await startIdleContainer(engine, image)
})

const sh = (line: string): Argv => ['/bin/sh', '-c', line]

function openPool(of = container) {
  const opened: ShellSession[] = []
  const pool = new SessionPool(of, '/bin/sh', async session => {
    opened.push(session)
  })
  const run = async (argv: Argv, options: Partial<CommandRequest> = {}, leavesChildren = false) => {
    const request = { command: argv, timeoutMs: 60_000, maxOutputBytes: 100_000, ...options }
    const { exitCode, stdout, stderr } = await pool.run(argv, request, leavesChildren)
    return { exitCode, stdout: stdout.kept.toString(), stderr: stderr.kept.toString() }
  }
  return { pool, opened, run }
}

test('a thousand commands run in one shell', async () => {
  const { pool, opened, run } = openPool()
  for (let index = 0; index < 1000; index++) {
    expect(await run(sh(`echo ${index}; echo e${index} >&2; exit ${index % 126}`))).toEqual({
      exitCode: index % 126,
      stdout: `${index}\n`,
      stderr: `e${index}\n`,
    })
  }
  expect(opened).toHaveLength(1)
  pool.close()
})

test('commands side by side get shells of their own, and no more than four', async () => {
  const { pool, opened, run } = openPool()
  const numbers = Array.from({ length: 12 }, (_, index) => index)
  const outputs = await Promise.all(
    numbers.map(async index => (await run(sh(`sleep 0.2; echo ${index}`))).stdout),
  )
  expect(outputs).toEqual(numbers.map(index => `${index}\n`))
  expect(opened).toHaveLength(4)
  pool.close()
})

test.each([
  ['that the line shows', '(sleep 0.5; echo LATE; echo LATE >&2) & true', true],
  ['that the line hides', 'sh -c "(sleep 0.5; echo LATE; echo LATE >&2) &"', false],
  ['in a session of its own', 'setsid sh -c "(sleep 0.5; echo LATE; echo LATE >&2) &"', false],
])('a background child %s is not heard by the next command', async (_, line, shown) => {
  const { pool, run } = openPool()
  expect(await run(sh(`echo mine; ${line}`), {}, shown)).toEqual({
    exitCode: 0,
    stdout: 'mine\n',
    stderr: '',
  })
  expect(await run(sh('sleep 1; echo next'))).toEqual({ exitCode: 0, stdout: 'next\n', stderr: '' })
  pool.close()
})

test('a command of which it is known that it leaves children does not share its shell', async () => {
  const { pool, opened, run } = openPool()
  await run(sh('true'), {}, true)
  await run(sh('true'))
  expect(opened).toHaveLength(2)
  pool.close()
})

test('a command that leaves nothing behind keeps its shell', async () => {
  const { pool, opened, run } = openPool()
  await run(sh('(sleep 0.1; echo x) | cat; (true &); sleep 0.1'))
  await run(sh('true'))
  expect(opened).toHaveLength(1)
  pool.close()
})

test('a command that kills the shell fails, and the next gets another', async () => {
  const { pool, opened, run } = openPool()
  await expect(run(sh('kill -9 $PPID; sleep 5'))).rejects.toMatchObject({ code: 'CONTAINER_FAILED' })
  expect(await run(['echo', 'next'])).toMatchObject({ stdout: 'next\n' })
  expect(opened).toHaveLength(2)
  pool.close()
})

test('commands that wait for a shell fail with the rest when the container ends', async () => {
  const mortal = await startIdleContainer(engine, image)
  const { pool, run } = openPool(mortal)
  await run(['true'])
  const running = Array.from({ length: 10 }, () => run(['sleep', '62']))
  const settled = Promise.allSettled(running)
  await vi.waitUntil(async () => {
    const { Processes } = (await mortal.top()) as { Processes: string[][] }
    return Processes.filter(row => row.join(' ').endsWith('sleep 62')).length === 4
  }, 30_000)
  await mortal.kill()
  expect((await settled).map(each => each.status)).toEqual(Array(10).fill('rejected'))
  pool.close()
})

test('something that is no shell is told at once', async () => {
  await expect(ShellSession.open(container, '/bin/true')).rejects.toMatchObject({
    code: 'CONTAINER_FAILED',
    message: expect.stringContaining('/bin/true'),
  })
})
