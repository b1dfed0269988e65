import { setTimeout as sleep } from 'node:timers/promises'
import { ContainerHandle } from './container/container-handle.js'
import { openEngineRoute } from './container/engine-route.js'
import { ImageContainer } from './container/image-container.js'
import type { ContainerOptions } from './container/options.js'
import { type Route, reachPort } from './container/reach-port.js'
import { readContainerLogs } from './container/read-logs.js'
import { requestContainer } from './container/request-http.js'
import { listArgv } from './container/run-once.js'
import { readEngineStartError } from './exec/start-error.js'
import { CheckFailure, wrapEngineError } from './failure.js'
import type { Verdict } from './guard/execution-guard.js'
import { judgeSettled } from './guard/judge-settled.js'
import { isEngineInit, listProcesses } from './guard/process-list.js'
import { chooseCwd, listSearchPath } from './program-search.js'
import type { Worker } from './worker.js'

/** A started container, with what the guard found of the programs that it started by itself. */
export interface OpenedContainer {
  readonly handle: ContainerHandle
  readonly verdicts: readonly Verdict[]
}

/**
 * Starts a container of the target's image and waits until it is ready.
 * A container that cannot start because of what is in the image is the image's failure; an engine that does
 * not answer is not. Registers the removal through `onCreated` before the container starts.
 */
export async function openContainer(
  worker: Worker,
  options: ContainerOptions,
  onCreated: (remove: () => Promise<void>) => void,
): Promise<OpenedContainer> {
  const { context, engine, guard } = worker
  const verdicts: Verdict[] = []
  let handle: ContainerHandle | undefined
  const image = new ImageContainer(context, options, async id => {
    const created = new ContainerHandle(engine.getContainer(id), context, options, async (shell, find) => {
      const verdict = await judgeSettled(find, ({ args }) => guard.judgeProcess(shell, args))
      if (verdict !== undefined) verdicts.push(verdict)
    })
    handle = created
    onCreated(() => created.remove())
  })
  try {
    await image.start()
  } catch (error) {
    if (readEngineStartError(String((error as Error).message)) !== undefined) {
      throw new CheckFailure(
        'exception',
        'CONTAINER_NOT_STARTED',
        `The container cannot be started: ${(error as Error).message}`,
        error,
      )
    }
    throw wrapEngineError(error, 'Starting the container failed')
  }
  const opened = handle as unknown as ContainerHandle
  await judgeOwnProcess(worker, opened, options, verdicts)
  await waitUntilReady(worker, opened, options)
  return { handle: opened, verdicts }
}

/** Judges the container's own process by its file, and by the process list while it lives. */
async function judgeOwnProcess(
  worker: Worker,
  handle: ContainerHandle,
  options: ContainerOptions,
  verdicts: Verdict[],
): Promise<void> {
  const { context, guard } = worker
  const [program] = listArgv(context, options)
  if (program === undefined) return
  const found = await guard
    .resolve(handle.engine, program, listSearchPath(context, options), chooseCwd(context, options))
    .catch(() => [])
  const [first] = found
  const script = first?.kind === 'script' ? { script: first.path } : {}
  for (const each of found) {
    const verdict = guard.judgeFile(each)
    if (verdict !== undefined) verdicts.push({ ...verdict, ...script, name: program })
  }
  // Only a process whose program is known to be an ELF file: a name alone proves nothing.
  const last = found.at(-1)
  if (last === undefined) return
  const verdict = await judgeSettled(
    async () =>
      (await listProcesses(handle.engine).catch(() => [])).find(
        ({ args }) => !isEngineInit(args) && !args.endsWith('<defunct>'),
      ),
    ({ args }) => guard.judgeProcess(last.path, args),
  )
  if (verdict !== undefined) verdicts.push(verdict)
}

async function waitUntilReady(
  worker: Worker,
  handle: ContainerHandle,
  options: ContainerOptions,
): Promise<void> {
  const { ready } = options
  if (ready === undefined) return
  const { limits } = worker.context
  const deadline = performance.now() + limits.startTimeoutMs
  while (!(await isReady(worker, handle, ready))) {
    const state = await handle.readState()
    if (!state.running) {
      const log = await readContainerLogs(handle.engine, 2000)
      throw new CheckFailure(
        'exception',
        'CONTAINER_ENDED',
        `The container ended with exit code ${state.exitCode} before it was ready. It wrote: ${(log.stderr || log.stdout).trim().slice(-500) || 'nothing'}`,
      )
    }
    if (performance.now() > deadline) {
      throw new CheckFailure(
        'timeout',
        'CONTAINER_NOT_READY',
        `The container was not ready (${JSON.stringify(ready, showPattern)}) within ${limits.startTimeoutMs / 1000} s`,
      )
    }
    await sleep(100)
  }
}

const showPattern = (_: string, value: unknown) => (value instanceof RegExp ? String(value) : value)

async function isReady(
  worker: Worker,
  handle: ContainerHandle,
  ready: NonNullable<ContainerOptions['ready']>,
): Promise<boolean> {
  if (ready.log !== undefined) {
    const { stdout, stderr } = await readContainerLogs(handle.engine, worker.context.limits.maxOutputBytes)
    const both = `${stdout}\n${stderr}`
    if (
      typeof ready.log === 'string'
        ? !both.includes(ready.log)
        : !new RegExp(ready.log.source, ready.log.flags.replace(/[gy]/g, '')).test(both)
    )
      return false
  }
  if (ready.port === undefined && ready.http === undefined) return true
  const found = await findRoute(worker, handle, ready.port)
  if (found === undefined) return false
  if (ready.http === undefined) return (await found.route.knock()) === undefined
  const limits = {
    timeoutMs: 2000,
    maxBytes: 1024,
    signal: AbortSignal.timeout(3000),
    stillStarting: async () => false,
  }
  const reading = await requestContainer(found.route, 'http://container', ready.http, {}, limits)
  return (reading.observation.status ?? 500) < 500
}

/** The way by which this process reaches a port of the container; undefined where it has none, or has ended. */
export async function findRoute(
  worker: Worker,
  handle: ContainerHandle,
  port: number | undefined,
): Promise<{ route: Route; port: number } | undefined> {
  const wanted =
    port ?? handle.options.ports?.[0] ?? firstDeclaredPort(worker.context.imageConfig.exposedPorts)
  if (wanted === undefined) {
    throw new CheckFailure(
      'exception',
      'NO_PORT',
      'The image declares no TCP port: name one, as in http("/", { port: 8080 })',
    )
  }
  const state = await handle.readState()
  // Its network may be gone with it: why it ended says more.
  if (!state.running) return undefined
  const { context, engine } = worker
  const route = await reachPort(context.reach, state, wanted, architecture =>
    openEngineRoute(engine, handle, architecture, context.labels),
  ).catch(async error => {
    if ((await handle.readState()).running) throw error
    return undefined
  })
  return route === undefined ? undefined : { route, port: wanted }
}

function firstDeclaredPort(exposed: readonly string[]): number | undefined {
  const port = exposed.find(each => !each.endsWith('/udp'))
  return port === undefined ? undefined : Number(port.split('/')[0])
}
