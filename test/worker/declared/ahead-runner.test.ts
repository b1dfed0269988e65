import { expect, test } from 'vitest'
import type { AheadOutcome, CheckScope } from '../../../src/worker/check-scope.js'
import type { ContainerHandle } from '../../../src/worker/container/container-handle.js'
import { AheadRunner } from '../../../src/worker/declared/ahead-runner.js'

/** A container that is a counter: `dirty` commands leave a trace, which every later one sees until it is replaced. */
function startWorld(dirty: readonly string[], slow: readonly string[] = []) {
  const log: string[] = []
  let traces = 0
  let handle = { ended: undefined } as unknown as ContainerHandle
  const container = {
    use: async <T>(_: CheckScope, work: (handle: ContainerHandle) => Promise<T>) => {
      const result = await work(handle)
      const isClean = traces === 0
      log.push(isClean ? 'clean' : 'replaced')
      if (!isClean) handle = { ended: undefined } as unknown as ContainerHandle
      traces = 0
      return { result, isClean }
    },
  }
  const scope = {
    execAhead: async (_: ContainerHandle, argv: readonly string[], { timeoutMs }: { timeoutMs?: number }) => {
      const [name = ''] = argv
      log.push(name)
      const timedOut = slow.includes(name) && timeoutMs !== undefined
      const seen = traces
      if (dirty.includes(name)) traces += 1
      const kept = Buffer.from(`${name} sees ${seen}`)
      return {
        outcome: { timedOut, stdout: { kept }, stderr: { kept: Buffer.alloc(0) } },
      } as unknown as AheadOutcome
    },
    adoptOutcome: ({ outcome }: AheadOutcome) => outcome.stdout.kept.toString(),
  } as unknown as CheckScope
  const runner = new AheadRunner<string>(container)
  const runAll = async (names: readonly string[]) => {
    const seen: unknown[] = []
    for (const [index, name] of names.entries())
      seen.push(
        await runner.run(
          name,
          scope,
          () => names.slice(index + 1),
          each => ({ argv: [each], options: {} }),
        ),
      )
    return seen
  }
  return { runAll, log }
}

const NAMES = Array.from({ length: 20 }, (_, index) => `c${index}`)
const UNTOUCHED = NAMES.map(name => `${name} sees 0`)

test('each command runs once, and batches grow while there is no trace', async () => {
  const { runAll, log } = startWorld([])
  expect(await runAll(NAMES)).toEqual(UNTOUCHED)
  expect(log.filter(each => each !== 'clean')).toEqual(NAMES)
  expect(log.filter(each => each === 'clean')).toHaveLength(3)
})

test.each([[['c0']], [['c2']], [['c5', 'c6', 'c19']], [NAMES]])(
  'no command’s outcome is from a container that %j had touched',
  async dirty => {
    const { runAll, log } = startWorld(dirty)
    expect(await runAll(NAMES)).toEqual(UNTOUCHED)
    expect(log.filter(each => each === 'replaced').length).toBeGreaterThanOrEqual(1)
    // Where each leaves a trace, nothing is gained by running ahead, and hardly anything may be lost.
    expect(log.filter(each => each.startsWith('c') && each !== 'clean').length).toBeLessThan(NAMES.length * 2)
  },
)

test('what takes long has its turn with all of its time', async () => {
  const { runAll, log } = startWorld([], ['c2'])
  expect(await runAll(NAMES)).toEqual(UNTOUCHED)
  expect(log.filter(each => each === 'c2')).toHaveLength(2)
})

test('a further attempt runs the command again', async () => {
  const { runAll, log } = startWorld([])
  await runAll(['c0', 'c1'])
  await runAll(['c1'])
  expect(log.filter(each => each === 'c1')).toHaveLength(2)
})
