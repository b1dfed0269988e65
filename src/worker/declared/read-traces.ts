import type { ContainerHandle } from '../container/container-handle.js'

/**
 * What the engine's list of changed files leaves out: files that it mounts, memory file systems, System V memory and
 * messages, and the processes that there are. Only words that shells have built in, so that none of them is a process.
 */
const TRACES_SCRIPT = `
for file in /etc/hosts /etc/hostname /etc/resolv.conf /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem; do
  while IFS= read -r line; do echo "$line"; done 2>/dev/null <$file
done 2>/dev/null
echo /dev/shm/* /dev/shm/.[!.]* /dev/mqueue/*
{ read -r own rest; } </proc/self/stat
echo "own $own"
echo "processes" /proc/[0-9]*`

/** All that commands can leave in a container. */
export interface Traces {
  readonly processes: ReadonlySet<string>
  /** Changed files, and the contents of what the engine does not list. */
  readonly rest: string
}

/** Reads a container's traces; undefined where they cannot be known. */
export async function readTraces(handle: ContainerHandle, signal: AbortSignal): Promise<Traces | undefined> {
  try {
    const [outcome, changes] = await Promise.all([
      handle.askShell(TRACES_SCRIPT, signal),
      handle.engine.changes() as Promise<{ Kind: number; Path: string }[] | null>,
    ])
    if (outcome === undefined || outcome.exitCode !== 0 || outcome.stdout.bytes > outcome.stdout.kept.length)
      return undefined
    const lines = outcome.stdout.kept.toString('latin1').split('\n')
    const own = `/proc/${lines.find(line => line.startsWith('own '))?.slice(4)}`
    const processes = lines
      .find(line => line.startsWith('processes '))
      ?.split(' ')
      .slice(1)
    if (processes === undefined) return undefined
    const others = lines.filter(line => !/^(own|processes) /.test(line))
    const files = (changes ?? []).map(({ Kind, Path }) => `${Kind} ${Path}`).sort()
    return {
      processes: new Set(processes.filter(each => each !== own)),
      rest: [...others, ...files].join('\n'),
    }
  } catch {
    return undefined
  }
}

/** Whether the next command finds what the first one found. A process that was there and has ended leaves nothing. */
export function isUntouched(before: Traces, after: Traces | undefined): boolean {
  if (after === undefined || after.rest !== before.rest) return false
  return [...after.processes].every(pid => before.processes.has(pid))
}
