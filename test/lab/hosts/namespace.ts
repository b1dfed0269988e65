import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { startProcess } from '../../../scripts/setup/process-life.mjs'
import { listHierarchies } from './control-groups.js'
import { findGuestScript, type GuestFiles, writeGuestFiles } from './guest-files.js'
import type { GuestResult } from './host.js'
import { identifyProcess, killProcess, listFamily } from './live-process.js'
import type { RunFolder } from './run-folder.js'
import { startSlirp } from './slirp.js'

export interface NamespaceOptions {
  /** Its host name. */
  readonly name: string
  /** The root that it sees, and does not change: its changes are in memory. */
  readonly root: string
  /** Where its disk is mounted: the only folder on a file system of its own kind (ext4), as engines need. */
  readonly data: string
  readonly diskMegabytes: number
  readonly files: GuestFiles
}

/** Processes of a host with mounts, names, IPC, network, process ids and control groups of their own. */
export interface Namespace {
  /** Process id of its first process, on this machine. */
  readonly pid: number
  /** Path on this machine of a file that the host sees. */
  find(file: string): string
  run(command: string): Promise<GuestResult>
  publish(port: number): Promise<number>
  cutNetwork(): Promise<void>
  healNetwork(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  powerOff(): Promise<void>
}

const PATIENCE_MS = 20_000

/**
 * Starts a host in namespaces. Its processes end with this one; every mount is in its own namespace, so that nothing
 * is left to unmount. What else it has on this machine is noted in the run folder, whose removal ends it.
 */
export async function startNamespace(run: RunFolder, options: NamespaceOptions): Promise<Namespace> {
  const { name, root, data, diskMegabytes, files } = options
  const hierarchies = listHierarchies()
  const lines = hierarchies.map(one => `${one.type} ${one.options} ${one.folder}\n`).join('')
  await writeGuestFiles(run.find('lab'), { ...files, texts: { ...files.texts, hierarchies: lines } })
  await execa('truncate', ['--size', `${diskMegabytes}M`, run.find('disk')])
  // No blocks for root alone: the engine is root, and a full disk is to be full for it.
  await execa('mke2fs', ['-q', '-t', 'ext4', '-m', '0', '-E', 'nodiscard', run.find('disk')])
  const group = run.folder.split('/').at(-1)
  for (const { folder } of hierarchies) await run.noteGroup(`${folder}/${group}`)
  const log = run.find('boot.log')
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--kill-child']
  const child = await startProcess(
    'setpriv',
    // unshare blocks SIGTERM while it waits.
    ['--pdeathsig', 'KILL', 'unshare', ...namespaces, '/bin/sh', findGuestScript('enter.sh')],
    {
      log,
      env: { PATH: process.env.PATH, LAB_NAME: name, LAB_RUN: run.folder, LAB_ROOT: root, LAB_DATA: data },
    },
  )
  await run.noteProcess(child.pid)
  const pid = await waitForFirst(child.pid ?? 0)
  await run.noteProcess(pid)
  const slirp = await startSlirp(run, pid)
  const signal = (name: NodeJS.Signals) => process.kill(slirp.pid, name)
  return {
    pid,
    find: file => `/proc/${pid}/root${file}`,
    run: command => enter(pid, command),
    publish: slirp.publish,
    cutNetwork: async () => void signal('SIGSTOP'),
    healNetwork: async () => void signal('SIGCONT'),
    freeze: async () => signalFamily(pid, 'SIGSTOP'),
    thaw: async () => signalFamily(pid, 'SIGCONT'),
    powerOff: async () => {
      for (const one of [pid, slirp.pid]) {
        const process_ = identifyProcess(one)
        if (process_) await killProcess(process_)
      }
    },
  }
}

/** The first process of the namespace is unshare's child, and is its own after it has become the host's shell. */
async function waitForFirst(parent: number): Promise<number> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 10) {
    const child = listFamily(parent, listProcesses())[1]
    if (child !== undefined) return child
    await sleep(10)
  }
  throw new Error('unshare starts nothing')
}

/** Again until nothing new has come, since processes start others meanwhile. */
function signalFamily(pid: number, signal: NodeJS.Signals): void {
  const seen = new Set<number>()
  for (let before = -1; before !== seen.size; ) {
    before = seen.size
    for (const one of listFamily(pid, listProcesses())) {
      if (seen.has(one)) continue
      seen.add(one)
      if (identifyProcess(one)) process.kill(one, signal)
    }
  }
}

function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}

async function enter(pid: number, command: string): Promise<GuestResult> {
  const { exitCode, all, failed, shortMessage } = await execa(
    'nsenter',
    ['--target', String(pid), '--all', '--root', '--wd', '--', '/bin/sh', '-c', command],
    {
      ...{ all: true, reject: false, stdin: 'ignore', timeout: 120_000, extendEnv: false },
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
    },
  )
  if (exitCode === undefined) throw new Error(failed ? shortMessage : 'nsenter has no exit code')
  return { exitCode, output: all }
}

/** The last lines of what the host has said while it came up. */
export function readBootLog(run: RunFolder): string {
  return readFileSync(run.find('boot.log'), 'utf8').trimEnd().split('\n').slice(-10).join('\n')
}
