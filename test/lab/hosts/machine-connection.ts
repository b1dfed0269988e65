import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { findCommand } from '../../../scripts/setup/find-command.mjs'
import { endProcess, startProcess } from '../../../scripts/setup/process-life.mjs'
import { createEngineHost, type EngineHost } from './engine-host.js'
import type { GuestResult } from './host.js'
import { isRunning, killProcess } from './live-process.js'
import type { MachineImage } from './machine-image.js'
import type { Qemu } from './qemu.js'
import type { RunFolder } from './run-folder.js'
import { type SshAccess, writeSshAccess } from './ssh-access.js'
import { readSshKeys } from './ssh-keys.js'

export interface MachineConnection extends EngineHost {
  readonly ssh: SshAccess
  /** Connects anew, after the connection was lost. */
  reopen(): Promise<void>
  close(): Promise<void>
}

/** Booting takes half a minute where two cores have nothing else to do. */
const PATIENCE_MS = 240_000

/**
 * Connects to a machine whose sshd may still be coming up: one ssh carries the engine's socket and every command, since
 * under emulation a handshake costs a second.
 */
export async function connectMachine(
  run: RunFolder,
  { name, image, qemu }: { name: string; image: MachineImage; qemu: Qemu },
): Promise<MachineConnection> {
  const keys = await readSshKeys(path.join(image, 'ssh'))
  const ssh = await writeSshAccess(run.find('ssh'), { name, port: qemu.sshPort, keys })
  const control = ['-F', ssh.config, '-S', run.find('control')]
  const tunnel = ['-L', `${run.find('engine')}:/run/docker.sock`, '-o', 'StreamLocalBindUnlink=yes']
  let master: ChildProcess | undefined
  const open = async () => {
    const end = Date.now() + PATIENCE_MS
    while (!existsSync(run.find('control'))) {
      if (Date.now() > end || !isRunning(qemu.process))
        throw new Error(`${name} does not come up:\n${await qemu.readConsole()}`)
      if (master === undefined || master.exitCode !== null) {
        const args = [...control, ...tunnel, '-MN', '-o', 'ConnectTimeout=3', '-o', 'BatchMode=yes', name]
        const log = run.find('ssh.log')
        master = await startProcess(findCommand('ssh') ?? 'ssh', args, { log, dieWithUs: true })
        await run.noteProcess(master.pid)
      }
      await sleep(50)
    }
  }
  const close = async () => {
    if (master?.exitCode === null) await endProcess(master.pid ?? 0, 5000)
  }
  const link = (up: boolean) => qemu.ask('set_link', { name: 'card', up })
  const hardware = {
    run: (command: string) => runOverSsh([...control, name], command),
    cutNetwork: async () => void (await link(false)),
    healNetwork: async () => void (await link(true)),
    freeze: async () => void (await qemu.ask('stop')),
    thaw: async () => void (await qemu.ask('cont')),
    powerOff: () => killProcess(qemu.process),
    stop: () => run.remove(),
  }
  await open()
  const host = createEngineHost({
    ...{ name, hardware, socketPath: run.find('engine'), patienceMs: PATIENCE_MS },
    readLog: () => '',
  })
  const reopen = async () => {
    await close()
    await open()
  }
  return { ...host, ssh, close, reopen }
}

async function runOverSsh(login: readonly string[], command: string): Promise<GuestResult> {
  const path_ = 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const { exitCode, all, shortMessage } = await execa('ssh', [...login, `${path_}\n${command}`], {
    ...{ all: true, reject: false, stdin: 'ignore', timeout: 120_000 },
  })
  // ssh(1): 255 is its own failure.
  if (exitCode === undefined || exitCode === 255) throw new Error(`${shortMessage}: ${all}`)
  return { exitCode, output: all }
}
