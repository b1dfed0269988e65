import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { describeThisProcess, formatOwner, hasEnded, type Owner, parseOwner } from '../../src/run/owner.js'

/** The owner that was a process which has ended by now. */
async function describeDeadProcess(): Promise<Owner> {
  const child = spawn('/bin/sh', ['-c', 'sleep 60'])
  const owner = { ...describeThisProcess(), pid: child.pid as number }
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  return owner
}

const SELF = describeThisProcess()

test('this process is named by its id, its start and its machine', () => {
  expect(SELF.pid).toBe(process.pid)
  expect(SELF.startedAt).toMatch(/^\d+$/)
  expect(SELF.host).not.toBe('')
})

test.each([
  ['this process', SELF],
  ['one whose start is not known', { ...SELF, startedAt: '' }],
  ['one of a machine with dots and dashes', { ...SELF, host: 'a-b.c.d-1' }],
])('%s keeps its name in a label and a file name', (_, owner) => {
  const text = formatOwner(owner)
  expect(text).toMatch(/^[A-Za-z0-9.-]+$/)
  expect(parseOwner(text)).toEqual(owner)
})

test.each(['', 'x', '1.2', '1.2.', '1..host', '-1.2.host', '1.y.host', '../../etc'])(
  '%j names nobody',
  text => {
    expect(parseOwner(text)).toBeUndefined()
  },
)

test('a process that lives has not ended', () => {
  expect(hasEnded(SELF)).toBe(false)
  expect(hasEnded({ ...SELF, startedAt: '' })).toBe(false)
  expect(hasEnded({ ...SELF, pid: 1, startedAt: '' })).toBe(false)
})

test('a process that was killed has, whether its start is known or not', async () => {
  const dead = await describeDeadProcess()
  expect(hasEnded(dead)).toBe(true)
  expect(hasEnded({ ...dead, startedAt: '' })).toBe(true)
})

test('a process that has the id of an earlier one is another', () => {
  expect(hasEnded({ ...SELF, startedAt: String(Number(SELF.startedAt) - 1) })).toBe(true)
})

test('of another machine’s processes nothing is known', async () => {
  const dead = await describeDeadProcess()
  expect(hasEnded({ ...dead, host: `not-${hostname()}` })).toBe(false)
})
