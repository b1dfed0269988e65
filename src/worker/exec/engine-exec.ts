import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { createFrameParser } from '../../hosts/frames.js'
import { ByteCollector } from './byte-collector.js'
import { type CommandOutcome, type CommandRequest, nameSignal } from './command.js'
import { makeStartFailure, readEngineStartError, readRuntimeStartError } from './start-error.js'

/** The argument vector to start: a shell line needs the image's shell. */
export type Argv = readonly [string, ...string[]]

/** How long output may still arrive after the engine says that the program has ended. */
const DRAIN_MS = 20

/**
 * Runs one command through the engine's exec. The slow way (70–130 ms each), for images without a shell and
 * for what a shell session cannot do: standard input and another user.
 * On a timeout it returns `timedOut` and leaves the program running: an engine cannot kill an exec, so the
 * caller ends the container.
 */
export async function execThroughEngine(
  container: Docker.Container,
  argv: Argv,
  request: CommandRequest,
): Promise<CommandOutcome> {
  const began = performance.now()
  const stdout = new ByteCollector(request.maxOutputBytes)
  const stderr = new ByteCollector(request.maxOutputBytes)
  const elapsed = () => performance.now() - began
  let exec: Docker.Exec
  let stream: Duplex
  try {
    exec = await container.exec({
      Cmd: [...argv],
      AttachStdin: request.stdin !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      ...(request.cwd === undefined ? {} : { WorkingDir: request.cwd }),
      ...(request.user === undefined ? {} : { User: request.user }),
      ...(request.env === undefined ? {} : { Env: Object.entries(request.env).map(([k, v]) => `${k}=${v}`) }),
    })
    stream = await exec.start({ hijack: true, stdin: request.stdin !== undefined })
  } catch (error) {
    const startError = readEngineStartError(String((error as Error).message))
    if (startError !== undefined) return makeStartFailure(startError, elapsed())
    throw error
  }
  const ended = followStream(stream, stdout, stderr)
  if (request.stdin !== undefined) stream.end(request.stdin)
  const finished = await waitForExec(exec, ended, request, began)
  stream.destroy()
  const out = stdout.finish()
  if (finished === 'timeout') {
    return { exitCode: null, timedOut: true, stdout: out, stderr: stderr.finish(), durationMs: elapsed() }
  }
  const exitCode = finished
  const errors = stderr.finish()
  const startError =
    exitCode === 126 || exitCode === 127
      ? readEngineStartError(out.kept.toString('utf8'))
      : exitCode === 1 && out.bytes === 0
        ? readRuntimeStartError(argv[0], errors.kept.toString('utf8'))
        : undefined
  if (startError !== undefined) return makeStartFailure(startError, elapsed())
  const signal = nameSignal(exitCode)
  return {
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    timedOut: false,
    stdout: out,
    stderr: errors,
    durationMs: elapsed(),
  }
}

function followStream(stream: Duplex, stdout: ByteCollector, stderr: ByteCollector): Promise<void> {
  stream.on(
    'data',
    createFrameParser((which, payload) => (which === 1 ? stdout : stderr).push(payload)),
  )
  return new Promise(resolve => {
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve())
  })
}

/** A program's background children may hold its output open; its end counts, not theirs. */
async function waitForExec(
  exec: Docker.Exec,
  ended: Promise<void>,
  request: CommandRequest,
  began: number,
): Promise<number | null | 'timeout'> {
  let closed = false
  const closing = ended.then(() => {
    closed = true
  })
  let pause = 50
  for (;;) {
    const left = request.timeoutMs - (performance.now() - began)
    if (left <= 0 || request.signal?.aborted) return 'timeout'
    await Promise.race([closing, sleep(Math.min(pause, left))])
    pause = Math.min(pause * 2, 500)
    const state = await exec.inspect()
    if (state.Running) {
      if (closed) await sleep(20)
      continue
    }
    if (!closed) await Promise.race([closing, sleep(DRAIN_MS)])
    return state.ExitCode
  }
}
