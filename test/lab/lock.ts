import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../../scripts/setup/process-life.mjs'

/**
 * Does work that fills a shared folder, alone among all processes of this machine: vitest runs files side by side,
 * and two of them may want the same download at once. The lock of a process that was killed is broken.
 */
export async function holdLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = path.join(folder, '.lock')
  await mkdir(folder, { recursive: true })
  while (!(await takeLock(lock))) await sleep(100)
  try {
    return await work()
  } finally {
    await dropLock(lock)
  }
}

/** Moved away first: while it is removed file by file it is an empty folder for a moment, which another's may replace. */
async function dropLock(lock: string): Promise<void> {
  const trash = await mkdtemp(`${lock}-`)
  await rename(lock, trash).catch(() => undefined)
  await rm(trash, { recursive: true, force: true })
}

async function takeLock(lock: string): Promise<boolean> {
  const mine = await mkdtemp(`${lock}-`)
  await writeFile(path.join(mine, 'pid'), String(process.pid))
  try {
    // Renaming onto a folder that is not empty fails, so that only one wins.
    await rename(mine, lock)
    return true
  } catch {
    await rm(mine, { recursive: true, force: true })
    await breakDeadLock(lock)
    return false
  }
}

async function breakDeadLock(lock: string): Promise<void> {
  const owner = Number(await readFile(path.join(lock, 'pid'), 'utf8').catch(() => ''))
  if (owner > 0 && !isAlive(owner)) await dropLock(lock)
}
