import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Labels that every container of a run carries, so that a later run knows whose it is. */
export const LABELS = {
  run: 'org.archparity.run',
  owner: 'org.archparity.owner',
  started: 'org.archparity.started',
} as const

/** Labels for what this process puts on an engine outside of a run, or for the run of that id. */
export function makeLabels(runId: string = randomUUID()): Record<string, string> {
  return {
    [LABELS.run]: runId,
    [LABELS.owner]: formatOwner(describeThisProcess()),
    [LABELS.started]: new Date().toISOString(),
  }
}

/** A process, named so that nothing else on this machine, before or after, has the same name. */
export interface Owner {
  readonly host: string
  readonly pid: number
  /** Start of the process in kernel ticks since boot, or empty where that cannot be known. */
  readonly startedAt: string
}

export function describeThisProcess(): Owner {
  return { host: identifyMachine(), pid: process.pid, startedAt: readStartTime(process.pid) ?? '' }
}

/** One word, safe in labels and file names. */
export function formatOwner({ host, pid, startedAt }: Owner): string {
  return `${pid}.${startedAt || 'x'}.${host}`
}

export function parseOwner(text: string): Owner | undefined {
  const match = /^(\d+)\.(\d+|x)\.(.+)$/.exec(text)
  if (match === null) return undefined
  const [, pid, startedAt, host] = match as unknown as [string, string, string, string]
  return { host, pid: Number(pid), startedAt: startedAt === 'x' ? '' : startedAt }
}

/** Whether the owner is, or was, a process of this machine. */
export function isOfThisMachine(owner: Owner): boolean {
  return owner.host === identifyMachine()
}

/**
 * Whether the owner is known to have ended: a process of this machine's that no longer lives. Of another
 * machine nothing is known, so its things are left alone.
 */
export function hasEnded(owner: Owner): boolean {
  if (!isOfThisMachine(owner)) return false
  if (owner.startedAt !== '') return readStartTime(owner.pid) !== owner.startedAt
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** The name alone, since a machine that was started anew has ended all of its earlier processes. */
function identifyMachine(): string {
  // Hashed, for it becomes part of a socket's path, which must be short.
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 12)
}

function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
