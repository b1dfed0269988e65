import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const GUEST = fileURLToPath(new URL('guest', import.meta.url))

/** A script of `guest/`, to be run by the machine itself. */
export function findGuestScript(name: string): string {
  return path.join(GUEST, name)
}

/** What is below `/lab` in a host. */
export interface GuestFiles {
  /** The engine's command line; it is run by a shell. */
  readonly engine: string
  /** Scripts of `guest/`, without their ending. */
  readonly scripts: readonly string[]
  /** Any other files: name → text. */
  readonly texts: Readonly<Record<string, string>>
}

/** Writes the folder that a host sees as `/lab`. */
export async function writeGuestFiles(folder: string, { engine, scripts, texts }: GuestFiles): Promise<void> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
  for (const name of scripts) {
    await copyFile(findGuestScript(`${name}.sh`), path.join(folder, name))
    await chmod(path.join(folder, name), 0o755)
  }
  await writeFile(path.join(folder, 'engine'), wordEngine(engine), { mode: 0o755 })
  for (const [name, text] of Object.entries(texts)) await writeFile(path.join(folder, name), text)
}

/** The engine by a pid file of ours: not every engine writes one. */
function wordEngine(command: string): string {
  return `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
echo $$ >/run/lab-engine.pid
exec ${command} </dev/null >>/var/log/lab-engine.log 2>&1
`
}

/** Shell for `LabHost.killEngine`: ends when the engine is gone. */
export const KILL_ENGINE =
  'pid=$(cat /run/lab-engine.pid); kill -KILL "$pid"; while [ -e "/proc/$pid" ]; do sleep 0.05; done'

/** Shell for `LabHost.startEngine`. */
export const START_ENGINE = 'rm -f /run/docker.pid; setsid -f /lab/engine'
