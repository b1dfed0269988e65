import type { ContainerHandle } from '../container/container-handle.js'

/**
 * What the engine's list of changed files leaves out: files that it mounts, memory file systems, System V memory and
 * messages, and how many processes there are. Only words that shells have built in.
 */
const TRACES_SCRIPT = `
for file in /etc/hosts /etc/hostname /etc/resolv.conf /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem; do
  while IFS= read -r line; do echo "$line"; done 2>/dev/null <$file
done 2>/dev/null
echo /dev/shm/* /dev/shm/.[!.]* /dev/mqueue/*
set -- /proc/[0-9]*
echo $#
`

/**
 * All that commands have left in a container, as text to be compared: the same text before and after means that the
 * next command finds what this one found. Undefined where it cannot be known.
 */
export async function readTraces(handle: ContainerHandle, signal: AbortSignal): Promise<string | undefined> {
  try {
    const [outcome, changes] = await Promise.all([
      handle.exec(TRACES_SCRIPT, {}, signal, []),
      handle.engine.changes() as Promise<{ Kind: number; Path: string }[] | null>,
    ])
    if (outcome.exitCode !== 0 || outcome.stdout.bytes > outcome.stdout.kept.length) return undefined
    const files = (changes ?? []).map(({ Kind, Path }) => `${Kind} ${Path}`).sort()
    return `${outcome.stdout.kept.toString('latin1')}\n${files.join('\n')}`
  } catch {
    return undefined
  }
}
