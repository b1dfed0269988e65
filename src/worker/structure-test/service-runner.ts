import { setTimeout as sleep } from 'node:timers/promises'
import { judgeHttp } from '../../suites/structure-test/judge-http.js'
import { judgeLog, listMatches } from '../../suites/structure-test/judge-log.js'
import type {
  HealthCheck,
  HttpCheck,
  LogCheck,
  PortCheck,
  ServiceCheck,
} from '../../suites/structure-test/structure-suite.js'
import type { CheckScope } from '../check-scope.js'
import type { ContainerHandle } from '../container/container-handle.js'
import type { ContainerOptions } from '../container/options.js'
import { readContainerLogs } from '../container/read-logs.js'
import { CheckFailure, wrapEngineError } from '../failure.js'
import { findRoute } from '../open-container.js'
import { getWorker } from '../worker.js'

/** How long a port or a line of the log may take to be there, on the reference platform, where the test does not say. */
const WITHIN_MS = 10_000
const PAUSE_MS = 200

/** How long a check may wait on this target, in all. */
export function chooseWithin(check: ServiceCheck): number {
  const { timeScale, limits } = getWorker().context
  if (check.withinMs !== undefined) return check.withinMs * timeScale
  if (check.kind === 'http') return 0
  return check.kind === 'health' ? limits.startTimeoutMs : WITHIN_MS * timeScale
}

/**
 * Asks the started image. What is not yet as it should be is asked again until the check's time is over; what it saw
 * last is recorded. Gives everything that is wrong, one sentence each.
 */
export async function judgeService(
  check: ServiceCheck,
  scope: CheckScope,
  options: ContainerOptions,
): Promise<string[]> {
  const handle = check.isolate ? await scope.startContainer(options) : await scope.getContainer()
  switch (check.kind) {
    case 'http':
      return judgeAnswer(check, scope, handle)
    case 'port':
      return judgePort(check, scope, handle)
    case 'log':
      return judgeWritten(check, scope, handle)
    case 'health':
      return judgeHealth(check, scope, handle)
  }
}

/** Asks until `isDone`, until the time is over or until the container has ended, and gives the last answer. */
async function askUntil<T>(
  check: ServiceCheck,
  scope: CheckScope,
  ask: () => Promise<T>,
  isDone: (answer: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + chooseWithin(check)
  for (;;) {
    const answer = await ask()
    if (isDone(answer) || performance.now() >= deadline || scope.signal.aborted) return answer
    await sleep(PAUSE_MS)
  }
}

async function judgeAnswer(check: HttpCheck, scope: CheckScope, handle: ContainerHandle): Promise<string[]> {
  const { timeScale } = getWorker().context
  const options = {
    ...(check.port === undefined ? {} : { port: check.port }),
    method: check.method,
    headers: Object.fromEntries(check.headers.map(({ key, value }) => [key, value])),
    ...(check.body === undefined ? {} : { body: check.body }),
    ...(check.timeoutMs === undefined ? {} : { timeoutMs: check.timeoutMs * timeScale }),
  }
  const { exchange, problems } = await askUntil(
    check,
    scope,
    async () => {
      const exchange = await scope.exchange(handle, check.path, options)
      const { result } = exchange
      const answer = result && { status: result.status, headers: result.headers, body: result.bytes }
      return { exchange, problems: answer === undefined ? undefined : judgeHttp(check, answer) }
    },
    ({ problems }) => problems?.length === 0,
  )
  scope.record(exchange.observation)
  if (problems === undefined) throw exchange.failure
  const asks = check.expectedBody.length + check.excludedBody.length + check.expectedJson.length
  requireWhole('body', exchange.observation.body?.truncated === true && asks > 0, problems)
  return problems
}

async function judgePort(check: PortCheck, scope: CheckScope, handle: ContainerHandle): Promise<string[]> {
  const { port, listening } = check
  const worker = getWorker()
  const answer = await askUntil(
    check,
    scope,
    async () => {
      const found = await findRoute(worker, handle, port).catch(error => {
        throw wrapEngineError(error, `Finding the way to port ${port} failed`)
      })
      if (found === undefined && !(await readState(handle)).running)
        throw await handle.explain(new Error('it has ended'))
      return found === undefined ? 'it has no network' : await found.route.knock()
    },
    refusal => (refusal === undefined) === listening,
  )
  scope.record({ kind: 'value', name: `port ${port}`, value: answer === undefined ? 'open' : 'closed' })
  if ((answer === undefined) === listening) return []
  return [
    listening
      ? `nothing listens on port ${port} where other containers could reach it: ${answer}`
      : `something listens on port ${port}, and nothing should`,
  ]
}

async function judgeWritten(check: LogCheck, scope: CheckScope, handle: ContainerHandle): Promise<string[]> {
  const { maxOutputBytes } = getWorker().context.limits
  const { written, problems } = await askUntil(
    check,
    scope,
    async () => {
      // In this order: what has ended has written all.
      const { running } = await readState(handle)
      const logs = await readContainerLogs(handle.engine, maxOutputBytes).catch(error => {
        throw wrapEngineError(error, 'Reading the logs failed')
      })
      const written = { stdout: logs.stdoutBytes, stderr: logs.stderrBytes }
      const { stdout, stderr } = logs.observation
      const isCut = stdout.truncated || stderr.truncated
      return { written, isCut, running, problems: judgeLog(check, written) }
    },
    ({ problems, running }) => problems.length === 0 || !running,
  ).then(answer => {
    requireWhole('log', answer.isCut, answer.problems)
    return answer
  })
  scope.record({ kind: 'value', name: 'log', value: listMatches(check, written) })
  return problems
}

async function judgeHealth(
  check: HealthCheck,
  scope: CheckScope,
  handle: ContainerHandle,
): Promise<string[]> {
  const [kind] = getWorker().context.imageConfig.healthcheck ?? []
  if (kind === undefined || kind === 'NONE') return ['the image declares no health check']
  const { status, exitCode } = await askUntil(
    check,
    scope,
    async () => {
      const { State: state } = await handle.engine.inspect().catch(error => {
        throw wrapEngineError(error, 'Asking for the state of the container failed')
      })
      return {
        status: state.Health?.Status ?? 'unknown',
        exitCode: state.Running ? undefined : state.ExitCode,
      }
    },
    answer => answer.status === check.expected || answer.exitCode !== undefined,
  )
  const value = exitCode === undefined ? status : `ended with exit code ${exitCode}`
  scope.record({ kind: 'value', name: 'health', value })
  return value === check.expected ? [] : [`the container is ${value}, expected ${check.expected}`]
}

async function readState(handle: ContainerHandle) {
  try {
    return await handle.readState()
  } catch (error) {
    throw wrapEngineError(error, 'Asking for the state of the container failed')
  }
}

/** A pattern may match what was not kept. */
function requireWhole(what: string, isCut: boolean, problems: readonly string[]): void {
  if (isCut)
    throw new CheckFailure(
      'exception',
      'OUTPUT_TRUNCATED',
      `The ${what} is longer than what is kept of it, so its patterns cannot be judged: raise maxOutput. ${problems.join('; ')}`,
    )
}
