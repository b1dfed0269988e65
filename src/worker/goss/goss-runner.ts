import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll } from 'vitest'
import type { GossCheck, GossSuite } from '../../suites/goss/goss-suite.js'
import { judgeCheck } from '../../suites/goss/judge-check.js'
import type { CheckScope } from '../check-scope.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { throwProblems } from '../declared/expectation-error.js'
import { test, useContainer } from '../suite.js'
import { suiteFile } from '../suite-file.js'
import { getWorker } from '../worker.js'
import { awaitReadiness, HOOK_TIMEOUT_MS, readGraceEnd } from './await-readiness.js'
import type { Look, Sight } from './look.js'
import { LOOKERS, RUNNING_KINDS } from './lookers.js'

/** How often something that is still starting is asked. Milliseconds. */
const ASK_MS = 200

type SharedPart = Omit<GossSuite, 'checks'>

/** Declares the checks of one goss file to vitest, each as a test of the name that it has in goss. */
export function createGossRunner({ wait }: SharedPart): (check: GossCheck) => void {
  if (wait !== undefined) useContainer({ start: 'image' })
  // Whatever keeps it from being ready is told by the checks.
  beforeAll(async () => {
    const opened = await suiteFile.get().catch(() => undefined)
    if (opened !== undefined) await awaitReadiness(opened.handle, wait).catch(() => {})
  }, HOOK_TIMEOUT_MS)
  return check => {
    if (RUNNING_KINDS.has(check.kind)) useContainer({ start: 'image' })
    test(check.name, chooseTimeout(check), async ({ checkScope, skip }) => {
      if (check.skip) skip('skip: true')
      const handle = await checkScope.getContainer()
      await awaitReadiness(handle, wait)
      const problems = await judge(check, checkScope, handle)
      const heads = [check.place, check.title].filter(each => each !== undefined)
      throwProblems(problems.map(each => [...heads, each].join(': ')))
    })
  }
}

/** What is wrong with a check. What may still be starting is asked again until it holds or its time is over. */
async function judge(check: GossCheck, scope: CheckScope, handle: ContainerHandle): Promise<string[]> {
  const running = RUNNING_KINDS.has(check.kind)
  const look: Look = {
    handle,
    signal: scope.signal,
    exec: (command, options) => scope.exec(handle, command, options),
  }
  for (;;) {
    if (running) await requireRunning(handle)
    const sight: Sight = await LOOKERS[check.kind](check, look)
    const problems = judgeCheck(check, sight.found)
    if (problems.length > 0 && running && performance.now() < readGraceEnd(handle)) {
      await sleep(ASK_MS)
      continue
    }
    for (const observation of sight.observations) scope.record(observation)
    return problems
  }
}

/** Nothing is said of what a container does that has ended. */
async function requireRunning(handle: ContainerHandle): Promise<void> {
  const state = await handle.readState().catch(async error => {
    throw await handle.explain(error)
  })
  if (!state.running) throw await handle.explain(new Error('it has ended'))
}

/** A time limit of the check's own must not be cut by that of all checks. */
function chooseTimeout({ timeoutMs }: GossCheck): { timeout?: number } {
  if (timeoutMs === undefined) return {}
  const { timeScale, limits } = getWorker().context
  return { timeout: Math.round(timeoutMs * timeScale + limits.startTimeoutMs) }
}
