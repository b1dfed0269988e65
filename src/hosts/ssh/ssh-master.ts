import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SshDestination } from './destination.js'
import { explainSshFailure } from './ssh-error.js'

const CONNECT_TIMEOUT_S = 15
/** A peer that says nothing is given up after about `ALIVE_INTERVAL_S` × `ALIVE_COUNT` seconds. */
const ALIVE_INTERVAL_S = 2
const ALIVE_COUNT = 3
const READY = 'archparity-connected'
const MAX_ANSWER_BYTES = 1024 * 1024
const COMMAND_TIMEOUT_MS = 60_000

/** One authenticated ssh connection that everything else for the host goes through. */
export interface SshMaster {
  readonly pid: number | undefined
  /** Arguments for `ssh` that use the connection, the destination last. */
  readonly mux: readonly string[]
  /** Runs a POSIX shell script on the host and gives what it prints, at most 1 MiB. Rejects where that fails. */
  runScript(script: string): Promise<string>
  /** Makes `local` a socket of this machine behind which the host's `remote` socket answers. */
  forwardSocket(local: string, remote: string): Promise<void>
  /** Ends the connection at once. */
  sever(): void
  close(): Promise<void>
}

/**
 * Connects with the system's own `ssh`, so that the user's configuration, agent, jump hosts and known_hosts apply;
 * host keys are checked as they say and nothing is ever asked. The connection ends with this process, whatever ends
 * it: its remote command waits for a standard input that closes then.
 */
export async function startSshMaster(
  host: string,
  { destination, port }: SshDestination,
  controlPath: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<SshMaster> {
  const shared = [
    '-o',
    `ControlPath=${controlPath}`,
    '-o',
    'BatchMode=yes',
    ...(port === undefined ? [] : ['-p', String(port)]),
  ]
  const options = {
    ControlMaster: 'yes',
    ControlPersist: 'no',
    ServerAliveInterval: ALIVE_INTERVAL_S,
    ServerAliveCountMax: ALIVE_COUNT,
    ConnectTimeout: CONNECT_TIMEOUT_S,
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    RemoteCommand: 'none',
    RequestTTY: 'no',
  }
  const child = spawn(
    'ssh',
    [
      ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...shared,
      destination,
      `echo ${READY}; exec cat >/dev/null`,
    ],
    // In a session of its own: Ctrl-C is for archparity, which then still needs the connection to clean up.
    { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  )
  child.stdin.on('error', () => {})
  const shown = port === undefined ? destination : `-p ${port} ${destination}`
  await waitUntilConnected(child, host, shown, signal)
  const mux = [...shared, '-o', 'ControlMaster=no', destination]
  return {
    pid: child.pid,
    mux,
    runScript: script => runThroughMaster([...mux.slice(0, -1), '-T', destination, 'sh -s'], env, script),
    forwardSocket: async (local, remote) => {
      await runThroughMaster(['-O', 'forward', '-L', `${local}:${remote}`, ...mux], env)
    },
    sever: () => child.kill('SIGKILL'),
    close: () => endMaster(child),
  }
}

async function waitUntilConnected(
  child: ChildProcess,
  host: string,
  destination: string,
  signal?: AbortSignal,
): Promise<void> {
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    // Its end says why; a banner may come before.
    stderr = (stderr + chunk.toString('latin1')).slice(-10_000)
  })
  const abort = () => child.kill('SIGKILL')
  // One that asks a jump host or a security key may take longer than its own limit allows for.
  const late = setTimeout(() => {
    stderr += `\ntimed out after ${CONNECT_TIMEOUT_S * 3} s`
    abort()
  }, CONNECT_TIMEOUT_S * 3000)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      let stdout = ''
      child.once('error', error => reject(explainSshFailure(host, destination, error.message)))
      child.once('close', () => reject(explainSshFailure(host, destination, stderr)))
      child.stdout?.on('data', (chunk: Buffer) => {
        // Login scripts may print before.
        stdout = (stdout + chunk.toString('latin1')).slice(-10_000)
        if (stdout.includes(READY)) resolve()
      })
    })
  } finally {
    clearTimeout(late)
    signal?.removeEventListener('abort', abort)
  }
}

function runThroughMaster(args: readonly string[], env: NodeJS.ProcessEnv, input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'ssh',
      args,
      { env, timeout: COMMAND_TIMEOUT_MS, maxBuffer: MAX_ANSWER_BYTES, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(stderr.trim().split('\n').at(-1)?.slice(0, 300) || error.message))
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input ?? '')
  })
}

async function endMaster(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('close', resolve))
  child.stdin?.end()
  const grace = new AbortController()
  const late = sleep(2000, undefined, { signal: grace.signal }).catch(() => {})
  await Promise.race([ended, late])
  grace.abort()
  if (child.exitCode === null) child.kill('SIGKILL')
  await ended
}
