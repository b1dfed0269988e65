import { setTimeout as sleep } from 'node:timers/promises'
import type { GossCheck, GossSuite } from '../../suites/goss/goss-suite.js'
import { judgeCheck } from '../../suites/goss/judge-check.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { makeCommandResult } from '../container/results.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import type { Look } from './look.js'
import { LOOKERS } from './lookers.js'

export const HOOK_TIMEOUT_MS = 600_000

/** The hook must not be over before the wait is. */
const MAX_WAIT_MS = HOOK_TIMEOUT_MS - 60_000

/** How long after its start a container without a goss_wait.yaml may be asked again. Milliseconds, scaled. */
const GRACE_MS = 5000

interface Readiness {
  readonly ready: Promise<void>
  graceEnd: number
}

const known = new WeakMap<ContainerHandle, Readiness>()

/**
 * Waits, once for each container, until all of its goss_wait.yaml holds. Throws a CheckFailure with what did not hold
 * in time: dgoss runs no check then.
 */
export function awaitReadiness(handle: ContainerHandle, wait: GossSuite['wait']): Promise<void> {
  let readiness = known.get(handle)
  if (readiness === undefined) {
    const graceEnd = wait === undefined ? performance.now() + GRACE_MS * getWorker().context.timeScale : 0
    readiness = { ready: wait === undefined ? Promise.resolve() : waitFor(handle, wait), graceEnd }
    known.set(handle, readiness)
    readiness.ready.catch(() => {})
  }
  return readiness.ready
}

/** Until when something that does not hold may still be starting. */
export const readGraceEnd = (handle: ContainerHandle): number => known.get(handle)?.graceEnd ?? 0

async function waitFor(handle: ContainerHandle, wait: NonNullable<GossSuite['wait']>): Promise<void> {
  const limitMs = Math.min(wait.limitMs * getWorker().context.timeScale, MAX_WAIT_MS)
  const signal = AbortSignal.timeout(limitMs + GRACE_MS)
  const deadline = performance.now() + limitMs
  for (;;) {
    const problem = await findProblem(handle, wait.checks, signal)
    if (problem === undefined) return
    const { running } = await handle.readState().catch(async error => {
      throw await handle.explain(error)
    })
    if (!running) throw await handle.explain(new Error(problem))
    if (performance.now() > deadline)
      throw new CheckFailure(
        'timeout',
        'WAIT_NEVER_PASSED',
        `${wait.file} did not hold within ${limitMs / 1000} s: ${problem}`,
      )
    await sleep(wait.pauseMs)
  }
}

/** The first check of the file that does not hold. */
async function findProblem(
  handle: ContainerHandle,
  checks: readonly GossCheck[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const look: Look = {
    handle,
    signal,
    exec: async (command, options) =>
      makeCommandResult(command, await handle.exec(command, options, signal, [])),
  }
  for (const check of checks) {
    if (check.skip) continue
    const where = `line ${check.line}, ${check.name}`
    try {
      const [problem] = judgeCheck(check, (await LOOKERS[check.kind](check, look)).found)
      if (problem !== undefined) return `${where}: ${problem}`
    } catch (error) {
      return `${where}: ${String((error as Error).message)}`
    }
  }
  return undefined
}
