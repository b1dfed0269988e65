import type Docker from 'dockerode'
import { createFrameParser } from '../../hosts/frames.js'
import type { WorkerContext } from '../context.js'
import { ByteCollector } from '../exec/byte-collector.js'
import { type Command, type CommandOutcome, nameSignal } from '../exec/command.js'
import { makeStartFailure, readEngineStartError } from '../exec/start-error.js'
import { CheckFailure, wrapEngineError } from '../failure.js'
import type { Program } from '../guard/resolve-program.js'
import type { CommandOptions } from './container-handle.js'
import { ImageContainer } from './image-container.js'
import type { ContainerOptions } from './options.js'

/** Options of `run`: those of a command, and of the fresh container that it gets. */
export interface RunOptions extends Omit<CommandOptions, 'stdin'> {
  readonly entrypoint?: readonly string[]
  readonly hostConfig?: ContainerOptions['hostConfig']
  readonly tty?: boolean
}

/** What archparity's own callers may ask for beyond that. */
export interface OnceOptions extends RunOptions {
  /** Another image than the target's own, which is made from it. */
  readonly image?: string
  /** Labels of the container beside those that all have. */
  readonly labels?: Readonly<Record<string, string>>
  /** Sees the container when its process has ended by itself, before it is removed. */
  readonly onEnded?: (container: Docker.Container) => Promise<void>
}

/** The engine's init reports a program that it cannot start on standard error and exits 126 or 127. */
const INIT_FAILURE = /^\[FATAL tini \(\d+\)\] exec .* failed: (.+)\n?$/

/**
 * Runs a command as the only process of a fresh container and removes it afterwards. An array is what
 * `docker run IMAGE ...` takes after the image, a string is a shell line, nothing is the image's own command.
 * `onCreated` sees the container before it starts and finds its programs.
 */
export async function runOnce(
  engine: Docker,
  context: WorkerContext,
  command: Command | undefined,
  options: OnceOptions,
  signal: AbortSignal,
  onCreated: (container: Docker.Container, argv: readonly string[]) => Promise<readonly Program[]>,
): Promise<CommandOutcome> {
  const timeoutMs = options.timeoutMs ?? context.limits.commandTimeoutMs
  const stdout = new ByteCollector(context.limits.maxOutputBytes)
  const stderr = new ByteCollector(context.limits.maxOutputBytes)
  const containerOptions = makeContainerOptions(context, command, options)
  let container: Docker.Container | undefined
  let programs: readonly Program[] = []
  let finished: Promise<{ StatusCode: number }> | undefined
  let drained: Promise<void> | undefined
  let began = performance.now()
  const started = {
    ...context,
    image: options.image ?? context.image,
    labels: { ...context.labels, ...options.labels },
  }
  const image = new ImageContainer(started, containerOptions, async id => {
    container = engine.getContainer(id)
    programs = await onCreated(container, listArgv(context, containerOptions))
    const stream = await container.attach({ stream: true, stdout: true, stderr: true, hijack: true })
    const readFrames = createFrameParser((which, payload) => (which === 1 ? stdout : stderr).push(payload))
    stream.on('data', options.tty === true ? (bytes: Buffer) => stdout.push(bytes) : readFrames)
    drained = new Promise(resolve => {
      for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve())
    })
    finished = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>
    finished.catch(() => {})
    began = performance.now()
  })
  try {
    await image.start()
    const end = await waitForEnd(
      finished as Promise<{ StatusCode: number }>,
      container as unknown as Docker.Container,
      timeoutMs,
      signal,
    )
    if (end === 'timeout') await container?.kill().catch(() => {})
    else if (container !== undefined) await options.onEnded?.(container)
    await Promise.race([drained, new Promise(resolve => setTimeout(resolve, 2000).unref())])
    const durationMs = performance.now() - began
    const out = stdout.finish()
    const err = stderr.finish()
    if (end === 'timeout') return { exitCode: null, timedOut: true, stdout: out, stderr: err, durationMs }
    const initFailure =
      end === 126 || end === 127 ? INIT_FAILURE.exec(err.kept.toString('utf8'))?.[1] : undefined
    if (initFailure !== undefined) return makeInitFailure(initFailure, programs, durationMs)
    const name = nameSignal(end)
    return {
      exitCode: end,
      ...(name === undefined ? {} : { signal: name }),
      timedOut: false,
      stdout: out,
      stderr: err,
      durationMs,
    }
  } catch (error) {
    const startError = readEngineStartError(String((error as Error).message))
    if (startError !== undefined) return makeStartFailure(startError, performance.now() - began)
    throw wrapEngineError(error, 'Running a fresh container failed')
  } finally {
    await container?.remove({ force: true, v: true }).catch(() => {})
  }
}

function makeInitFailure(words: string, programs: readonly Program[], durationMs: number): CommandOutcome {
  if (/Exec format error/i.test(words)) return makeStartFailure('exec-format', durationMs)
  if (/No such file/i.test(words))
    return makeStartFailure(programs.length > 0 ? 'no-interpreter' : 'not-found', durationMs)
  return makeStartFailure(/Permission denied/i.test(words) ? 'not-executable' : 'other', durationMs)
}

function makeContainerOptions(
  context: WorkerContext,
  command: Command | undefined,
  options: RunOptions,
): ContainerOptions {
  if (typeof command === 'string' && context.shell === undefined) {
    throw new CheckFailure(
      'exception',
      'NO_SHELL',
      `This image has no shell, so the line ${JSON.stringify(command)} cannot be run: give the arguments as an array`,
    )
  }
  return {
    start: 'image',
    ...(typeof command === 'string'
      ? { entrypoint: [context.shell as string], command: ['-c', command] }
      : {}),
    ...(Array.isArray(command) ? { command: command as readonly string[] } : {}),
    ...(options.entrypoint === undefined ? {} : { entrypoint: options.entrypoint }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.cwd === undefined ? {} : { workingDir: options.cwd }),
    ...(options.hostConfig === undefined ? {} : { hostConfig: options.hostConfig }),
    ...(options.tty === undefined ? {} : { tty: options.tty }),
  }
}

/** The argument vector that the container will start, as the engine puts entrypoint and command together. */
export function listArgv(context: WorkerContext, options: ContainerOptions): string[] {
  if (options.entrypoint !== undefined) return [...options.entrypoint, ...(options.command ?? [])]
  const idle =
    (options.start ?? context.start) === 'idle' &&
    context.shell !== undefined &&
    options.command === undefined
  if (idle) return [context.shell as string]
  return [
    ...(context.imageConfig.entrypoint ?? []),
    ...(options.command ?? context.imageConfig.command ?? []),
  ]
}

/** How often the engine is asked whether the container has ended, should its word of that be lost. Milliseconds. */
const ASK_MS = 3000

async function waitForEnd(
  finished: Promise<{ StatusCode: number }>,
  container: Docker.Container,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number | 'timeout'> {
  let timer: NodeJS.Timeout | undefined
  let abort = () => {}
  let asking: NodeJS.Timeout | undefined
  const asked = new Promise<number>(resolve => {
    asking = setInterval(async () => {
      const state = (await container.inspect().catch(() => undefined))?.State
      if (state?.Status === 'exited') resolve(state.ExitCode)
    }, ASK_MS)
  })
  const late = new Promise<'timeout'>(resolve => {
    abort = () => resolve('timeout')
    timer = setTimeout(abort, timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
  try {
    return await Promise.race([finished.then(end => end.StatusCode), asked, late])
  } finally {
    clearTimeout(timer)
    clearInterval(asking)
    signal.removeEventListener('abort', abort)
  }
}
