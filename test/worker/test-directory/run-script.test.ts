import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runScript, type ScriptRequest } from '../../../src/worker/test-directory/run-script.js'
import { makeFolder } from '../../run/temporary.js'

/** Runs a script of that text with the argument `the image`. */
async function run(text: string, changes: Partial<ScriptRequest> = {}) {
  const cwd = await makeFolder()
  const file = path.join(cwd, 'run.sh')
  await writeFile(file, text, { mode: 0o755 })
  const { stdout, stderr, ...rest } = await runScript({
    file,
    args: ['the image'],
    cwd,
    env: { PATH: process.env.PATH ?? '', ONLY: 'this' },
    timeoutMs: 20_000,
    maxOutputBytes: 1000,
    signal: new AbortController().signal,
    ...changes,
  })
  const read = ({ kept }: { kept: Buffer }) => kept.toString()
  return { cwd, ...rest, stdout: read(stdout), stderr: read(stderr), size: stdout.bytes }
}

test.each<[string, string, object]>([
  ['its argument, alone', '#!/bin/sh\necho "$# $1"\n', { exitCode: 0, stdout: '1 the image\n' }],
  ['no more variables', '#!/bin/sh\necho "$ONLY" "$HOME"\n', { stdout: 'this \n' }],
  ['no input', '#!/bin/sh\ncat; echo read\n', { stdout: 'read\n' }],
  ['its streams apart', '#!/bin/sh\necho a; echo b >&2\n', { stdout: 'a\n', stderr: 'b\n' }],
  ['its exit code', '#!/bin/sh\nexit 7\n', { exitCode: 7, timedOut: false }],
  ['the signal that ended it', '#!/bin/sh\nkill -SEGV $$\n', { exitCode: 139, signal: 'SIGSEGV' }],
  ['the shell where it names none', 'echo "$1"\n', { exitCode: 0, stdout: 'the image\n' }],
  [
    'a missing interpreter',
    '#!/no/such\n',
    { exitCode: 127, stderr: expect.stringContaining('run.sh: not found') },
  ],
])('a script has %s', async (_, text, expected) => {
  expect(await run(text)).toMatchObject(expected)
})

test('of a flood the beginning is kept, and its size', async () => {
  const { stdout, size } = await run('#!/bin/sh\nyes | head -c 300000\n')
  expect({ kept: stdout.length, size }).toEqual({ kept: 1000, size: 300_000 })
})

test('at the end of its time a script may clean up', async () => {
  const text = '#!/bin/sh\ntrap "echo cleaned; exit 0" TERM\nsleep 60 & wait\n'
  expect(await run(text, { timeoutMs: 300 })).toMatchObject({
    exitCode: null,
    timedOut: true,
    stdout: 'cleaned\n',
  })
})

test('one that does not end then is killed with all that it started', async () => {
  const text = '#!/bin/sh\ntrap "" TERM\nsleep 60 & echo $! > pid\nwhile :; do sleep 1; done\n'
  const { cwd, timedOut } = await run(text, { timeoutMs: 300 })
  expect(timedOut).toBe(true)
  await expectGone(cwd)
})

test('what a script leaves in the background ends with it', async () => {
  const { cwd, exitCode } = await run('#!/bin/sh\nsleep 60 >/dev/null 2>&1 & echo $! > pid\n')
  expect(exitCode).toBe(0)
  await expectGone(cwd)
})

test('an aborted check ends its script', async () => {
  expect(await run('#!/bin/sh\nsleep 60\n', { signal: AbortSignal.abort() })).toMatchObject({
    timedOut: true,
  })
})

async function expectGone(folder: string): Promise<void> {
  const pid = (await readFile(path.join(folder, 'pid'), 'utf8')).trim()
  const readState = () =>
    readFile(`/proc/${pid}/stat`, 'utf8').then(
      stat => stat.slice(stat.lastIndexOf(')') + 2)[0],
      () => 'gone',
    )
  await expect.poll(readState, { timeout: 10_000 }).toMatch(/gone|Z/)
}
