import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that cannot be mistaken for a later one with the same number. */
export interface LiveProcess {
  readonly pid: number
  /** When it began, in clock ticks since boot: field 22 of proc_pid_stat(5). */
  readonly since: string
}

/** What identifies the running process; undefined where there is none, or only a zombie without threads that still end. */
export function identifyProcess(pid: number): LiveProcess | undefined {
  const fields = readStat(pid)
  if (fields === undefined || (/[ZX]/.test(fields.state) && fields.threads <= 1)) return undefined
  return { pid, since: fields.since }
}

export function isRunning({ pid, since }: LiveProcess): boolean {
  return identifyProcess(pid)?.since === since
}

/** SIGKILL, and waits until it is gone: 10 s at most, since what the kernel cannot end nobody can. */
export async function killProcess(process_: LiveProcess): Promise<void> {
  if (isRunning(process_)) process.kill(process_.pid, 'SIGKILL')
  for (let waited = 0; waited < 10_000 && isRunning(process_); waited += 20) await sleep(20)
}

/** The process and all that descend from it, as far as they have not been given away to another parent. */
export function listFamily(pid: number, list: readonly number[]): number[] {
  const parents = new Map(list.map(one => [one, readStat(one)?.parent]))
  const family = [pid]
  for (const member of family)
    family.push(...list.filter(one => parents.get(one) === member && one !== member))
  return family
}

interface Stat {
  readonly state: string
  readonly parent: number
  readonly threads: number
  readonly since: string
}

function readStat(pid: number): Stat | undefined {
  try {
    // The name of the program comes first, in brackets, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return {
      ...{ state: fields[0] ?? '', parent: Number(fields[1]) },
      ...{ threads: Number(fields[17]), since: fields[19] ?? '' },
    }
  } catch {
    return undefined
  }
}
