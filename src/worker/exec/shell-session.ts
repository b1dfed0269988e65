import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { ArchparityError } from '../../errors.js'
import { createFrameParser } from '../../hosts/frames.js'
import { ByteCollector } from './byte-collector.js'
import { type CommandOutcome, type CommandRequest, nameSignal, type ShellScript } from './command.js'
import type { Argv } from './engine-exec.js'
import { MarkerScanner } from './marker-scanner.js'
import { buildHandshake, buildKillScript, buildSessionScript } from './session-script.js'
import { makeStartFailure, readShellStartError } from './start-error.js'

/** How long a shell may take to answer, also under an emulator. */
const HANDSHAKE_MS = 30_000
/** How long the shell may take to report a command that was just killed. */
const KILL_GRACE_MS = 5_000

interface Running {
  readonly stdout: MarkerScanner
  readonly stderr: MarkerScanner
}

/**
 * One long-lived shell in a container that runs commands one after another, each in a subshell of its own.
 * Standard output and error come over the engine's two streams; a marker with an unguessable nonce on each
 * tells where a command's output ends and carries its exit code.
 */
export class ShellSession {
  private readonly container: Docker.Container
  private readonly shell: string
  private readonly exec: Docker.Exec
  private readonly stream: Duplex
  private readonly nonce = randomBytes(16).toString('hex')
  private readonly closed: Promise<void>
  private running: Running | undefined
  private shellPid = 0
  /** Process ids of the first process's children, as they were after the last command. */
  private adopted: ReadonlySet<string> = new Set()
  private count = 0
  /** False once it must not be used again: it ended, or something wrote to it that no command accounts for. */
  usable = true

  private constructor(container: Docker.Container, shell: string, exec: Docker.Exec, stream: Duplex) {
    this.container = container
    this.shell = shell
    this.exec = exec
    this.stream = stream
    const parse = createFrameParser((which, payload) => {
      if (this.running === undefined) this.usable = false
      else (which === 1 ? this.running.stdout : this.running.stderr).push(payload)
    })
    stream.on('data', parse)
    this.closed = new Promise(resolve => {
      for (const event of ['end', 'close', 'error'] as const) {
        stream.once(event, () => {
          this.usable = false
          resolve()
        })
      }
    })
  }

  /**
   * Starts `shell` in the container. Throws CONTAINER_FAILED where it does not answer as a POSIX shell.
   */
  static async open(container: Docker.Container, shell: string): Promise<ShellSession> {
    const exec = await container.exec({
      Cmd: [shell],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    })
    const stream = await exec.start({ hijack: true, stdin: true })
    const session = new ShellSession(container, shell, exec, stream)
    const output = new ByteCollector(4096)
    const answer = await session.converse(buildHandshake(session.nonce), output, output, HANDSHAKE_MS)
    session.shellPid = Number(session.readCarried(answer.carried))
    if (answer.end !== 'marker' || !(session.shellPid > 0)) {
      session.close()
      const said = output.finish().kept.toString('utf8').trim().slice(0, 300)
      throw new ArchparityError(
        'CONTAINER_FAILED',
        `${shell} in the container does not answer as a shell${said ? `: ${said}` : ''}`,
      )
    }
    return session
  }

  /** The shell's process id on the host, by which the engine's process list shows it; 0 if the engine never says. */
  async readHostPid(): Promise<number> {
    // The shell may answer before the engine has noted its id.
    for (let tries = 0; tries < 100; tries++) {
      const { Pid } = (await this.exec.inspect()) as { Pid?: number }
      if (Pid !== undefined && Pid > 0) return Pid
      await sleep(10)
    }
    return 0
  }

  /** Runs one command; only one at a time. Throws CONTAINER_FAILED where the shell itself ends meanwhile. */
  async run(work: Argv | ShellScript, request: CommandRequest): Promise<CommandOutcome> {
    const began = performance.now()
    const stdout = new ByteCollector(request.maxOutputBytes)
    const stderr = new ByteCollector(request.maxOutputBytes)
    this.count += 1
    const script = buildSessionScript(work, request, `${this.nonce}-${this.count}`)
    const answer = await this.converse(
      script,
      stdout,
      stderr,
      request.timeoutMs,
      request.signal,
      `${this.nonce}-${this.count}`,
    )
    const durationMs = performance.now() - began
    if (answer.end === 'closed') {
      throw new ArchparityError(
        'CONTAINER_FAILED',
        'The shell session ended while a command was running in it',
      )
    }
    if (answer.end === 'timeout') {
      return { exitCode: null, timedOut: true, stdout: stdout.finish(), stderr: stderr.finish(), durationMs }
    }
    if (answer.carried === 'bad-cwd') return makeStartFailure('bad-cwd', durationMs)
    const before = this.adopted
    const exitCode = Number(this.readCarried(answer.carried))
    // What the command left running may still write, and must not be taken for the next command's output.
    if ([...this.adopted].some(pid => !before.has(pid))) this.usable = false
    const errors = stderr.finish()
    if (!('script' in work) && (exitCode === 126 || exitCode === 127) && stdout.finish().bytes === 0) {
      const startError = readShellStartError(this.shell, work[0], errors.kept.toString('utf8'))
      if (startError !== undefined) return makeStartFailure(startError, durationMs)
    }
    const signal = nameSignal(exitCode)
    return {
      exitCode,
      ...(signal === undefined ? {} : { signal }),
      timedOut: false,
      stdout: stdout.finish(),
      stderr: errors,
      durationMs,
    }
  }

  /** Splits what a marker carried: the number, and the first process's children behind it. */
  private readCarried(carried: string): string {
    const [first = '', children = ''] = carried.split(':')
    this.adopted = new Set(children.split(' ').filter(pid => pid !== ''))
    return first
  }

  close(): void {
    this.usable = false
    this.stream.end()
    this.stream.destroy()
  }

  /** Sends a script and collects what comes until both markers, the shell's end, or the time limit. */
  private async converse(
    script: string,
    stdout: ByteCollector,
    stderr: ByteCollector,
    timeoutMs: number,
    signal?: AbortSignal,
    nonce = this.nonce,
  ): Promise<{ end: 'marker' | 'timeout' | 'closed'; carried: string }> {
    let carried = ''
    const out = watchMarker(nonce, stdout, text => {
      carried = text
    })
    const err = watchMarker(nonce, stderr, () => {})
    this.running = { stdout: out.scanner, stderr: err.scanner }
    const both = Promise.all([out.seen, err.seen]).then(() => 'marker' as const)
    this.stream.write(script)
    const first = await race(both, this.closed, timeoutMs, signal)
    if (first !== 'timeout') {
      if (first === 'closed') for (const scanner of [out.scanner, err.scanner]) scanner.flush()
      this.running = undefined
      return { end: first, carried }
    }
    await this.killCommand()
    const second = await race(both, this.closed, KILL_GRACE_MS)
    // A command that outlives the kill keeps the streams: nothing may be sent after it.
    if (second !== 'marker') this.close()
    this.running = undefined
    return { end: 'timeout', carried }
  }

  /** Kills everything in the shell's session but the shell, from a second shell. */
  private async killCommand(): Promise<void> {
    if (this.shellPid === 0) return
    try {
      const exec = await this.container.exec({
        Cmd: [this.shell, '-c', buildKillScript(this.shellPid)],
        AttachStdout: true,
        AttachStderr: true,
      })
      const stream = await exec.start({ hijack: true, stdin: false })
      stream.resume()
      await Promise.race([new Promise(resolve => stream.once('end', resolve)), sleep(KILL_GRACE_MS)])
      stream.destroy()
    } catch {
      // The container is gone, and the command with it.
    }
  }
}

function watchMarker(nonce: string, collector: ByteCollector, onCarried: (text: string) => void) {
  let see = () => {}
  const seen = new Promise<void>(resolve => {
    see = resolve
  })
  const scanner = new MarkerScanner(
    nonce,
    bytes => collector.push(bytes),
    text => {
      onCarried(text)
      see()
    },
  )
  return { scanner, seen }
}

async function race(
  both: Promise<'marker'>,
  closed: Promise<void>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<'marker' | 'closed' | 'timeout'> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  const late = sleep(timeoutMs, 'timeout' as const, { signal: stop.signal }).catch(() => 'timeout' as const)
  try {
    return await Promise.race([both, closed.then(() => 'closed' as const), late])
  } finally {
    signal?.removeEventListener('abort', abort)
    stop.abort()
  }
}
