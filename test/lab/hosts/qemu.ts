import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findCommand } from '../../../scripts/setup/find-command.mjs'
import { findFreePort } from '../../../scripts/setup/loopback-port.mjs'
import { startProcess } from '../../../scripts/setup/process-life.mjs'
import { lastLines } from '../../../scripts/setup/run-command.mjs'
import { identifyProcess, type LiveProcess } from './live-process.js'
import type { MachineImage } from './machine-image.js'
import { MACHINE_MEGABYTES, type MachineRecipe } from './machine-recipes.js'
import { askQemu } from './qmp.js'
import type { RunFolder } from './run-folder.js'

/** A running QEMU. */
export interface Qemu {
  readonly process: LiveProcess
  /** Port of 127.0.0.1 that leads to the machine's sshd. */
  readonly sshPort: number
  ask(command: string, args?: object): Promise<unknown>
  /** The last lines that the machine has written to its console. */
  readConsole(): Promise<string>
}

export interface QemuOptions {
  readonly recipe: MachineRecipe
  readonly image: MachineImage
  /** A qcow2 file that the machine may change. */
  readonly disk: string
  /** A file with the state to go on from. */
  readonly state?: string
}

/** Starts QEMU, which ends with this process. This machine's loopback is 10.0.2.2 from inside. */
export async function startQemu(run: RunFolder, options: QemuOptions): Promise<Qemu> {
  for (let attempt = 1; ; attempt++) {
    const sshPort = await findFreePort()
    const socket = run.find('qmp')
    const args = listArguments(run, options, sshPort)
    const command = options.recipe.qemu.command
    const child = await startProcess(findCommand(command) ?? command, args, {
      ...{ log: run.find('qemu.log'), dieWithUs: true },
    })
    await run.noteProcess(child.pid)
    while (!existsSync(socket) && child.exitCode === null) await sleep(20)
    const live = identifyProcess(child.pid ?? 0)
    if (live !== undefined) {
      return {
        ...{ process: live, sshPort },
        ask: (name, arguments_) => askQemu(socket, name, arguments_),
        readConsole: async () => lastLines(await readFile(run.find('console.log'), 'utf8'), 20),
      }
    }
    // Somebody else may have taken the port since it was free.
    if (attempt === 3) throw new Error(`QEMU ends at once: ${await readFile(run.find('qemu.log'), 'utf8')}`)
  }
}

function listArguments(run: RunFolder, options: QemuOptions, sshPort: number): string[] {
  const { recipe, image, disk, state } = options
  const { board, bus } = recipe
  return [
    ...[...board, '-accel', 'tcg,thread=multi,tb-size=512', '-smp', '2', '-m', String(MACHINE_MEGABYTES)],
    ...['-no-reboot', '-display', 'none', '-nodefaults', '-serial', `file:${run.find('console.log')}`],
    ...['-qmp', `unix:${run.find('qmp')},server=on,wait=off`],
    ...['-kernel', path.join(image, 'kernel'), '-initrd', path.join(image, 'initrd')],
    ...['-append', `console=${recipe.console} quiet panic=-1 mitigations=off audit=0`],
    ...['-drive', `if=none,id=disk,file=${disk},format=qcow2,cache=unsafe`],
    ...['-device', `virtio-blk-${bus},drive=disk`],
    ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...['-device', `virtio-net-${bus},netdev=net,id=card${bus === 'pci' ? ',romfile=' : ''}`],
    ...['-object', 'rng-random,id=random,filename=/dev/urandom', '-device', `virtio-rng-${bus},rng=random`],
    ...(state ? ['-incoming', `exec:cat ${state}`] : []),
  ]
}
