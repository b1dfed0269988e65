import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { ByteCollector } from '../exec/byte-collector.js'
import { type CommandOutcome, nameSignal } from '../exec/command.js'

/** How long a script whose time is over has for its own cleaning up. */
const GRACE_MS = 3000

/**
 * Stands between this process and the script. Its standard input is open for as long as this process lives: when that
 * ends, however it ends, the whole group is killed, so that a script never outlives its run. It outlives the signals that
 * the script may trap; one that were ignored here would be so there, too.
 */
const SUPERVISOR = `exec 3<&0 </dev/null
trap : TERM INT HUP
{ trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
watcher=$!
"$@" 3<&-
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"`

export interface ScriptRequest {
  /** Absolute path. */
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxOutputBytes: number
  readonly signal: AbortSignal
}

/** Runs a script of the user's on this machine, in a process group of its own that ends with it. */
export async function runScript(request: ScriptRequest): Promise<CommandOutcome> {
  const began = performance.now()
  const stdout = new ByteCollector(request.maxOutputBytes)
  const stderr = new ByteCollector(request.maxOutputBytes)
  const child = execa('/bin/sh', ['-c', SUPERVISOR, 'sh', request.file, ...request.args], {
    cwd: request.cwd,
    env: request.env,
    extendEnv: false,
    stdin: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
    stripFinalNewline: false,
  })
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  let timedOut = false
  const killGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // It has ended by itself.
    }
  }
  let last: NodeJS.Timeout | undefined
  const end = () => {
    timedOut = true
    // Scripts clean up in a trap.
    killGroup('SIGTERM')
    last = setTimeout(() => killGroup('SIGKILL'), GRACE_MS)
  }
  const timer = setTimeout(end, request.timeoutMs)
  request.signal.addEventListener('abort', end, { once: true })
  if (request.signal.aborted) end()
  const result = await child
  clearTimeout(timer)
  clearTimeout(last)
  request.signal.removeEventListener('abort', end)
  // What it left in the background would write to nobody.
  killGroup('SIGKILL')
  const exitCode = timedOut ? null : (result.exitCode ?? 128 + 9)
  const signal = nameSignal(exitCode)
  return {
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    timedOut,
    stdout: stdout.finish(),
    stderr: stderr.finish(),
    durationMs: performance.now() - began,
  }
}

/** Where a command is found by a search path; undefined where nowhere. */
export async function findCommand(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, name)
    if (await isExecutable(file)) return file
  }
  return undefined
}

/** Whether a file may be run by this user. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
