import { expect, test } from 'vitest'
import type { Verdict } from '../../../src/worker/guard/execution-guard.js'
import { judgeSettled } from '../../../src/worker/guard/judge-settled.js'

const judge = ({ args }: { args: string }): Verdict => ({
  program: '/bin/app',
  emulator: args.startsWith('/usr/bin/qemu-s390x') ? 'qemu-s390x' : 'none',
  expected: args.startsWith('/usr/bin/qemu-s390x'),
})

/** A process list that shows one command line after another; the last one stays. */
function listInTurn(...lines: readonly (string | undefined)[]) {
  const rest = [...lines]
  return async () => {
    const args = rest.length > 1 ? rest.shift() : rest[0]
    return args === undefined ? undefined : { pid: 7, args }
  }
}

test('a process that is just being started is looked at again', async () => {
  const verdict = await judgeSettled(listInTurn('[app]', '[app]', '/usr/bin/qemu-s390x /bin/app'), judge)
  expect(verdict).toMatchObject({ expected: true, emulator: 'qemu-s390x' })
})

test('a foreign program stays foreign', async () => {
  expect(await judgeSettled(listInTurn('/bin/app'), judge)).toMatchObject({
    expected: false,
    emulator: 'none',
  })
})

test('one that has ended meanwhile is no verdict', async () => {
  expect(await judgeSettled(listInTurn('[app]', undefined), judge)).toBeUndefined()
})
