import type Docker from 'dockerode'

/** A process of a container as the engine lists it. */
export interface ListedProcess {
  readonly pid: number
  readonly args: string
}

/** Asks the engine for a container's processes, with the host's process ids. */
export async function listProcesses(container: Docker.Container): Promise<ListedProcess[]> {
  const list = (await container.top({ ps_args: '-eo pid,args' })) as {
    Titles: string[]
    Processes: string[][] | null
  }
  const pid = list.Titles.indexOf('PID')
  const args = list.Titles.findIndex(title => title === 'COMMAND' || title === 'CMD' || title === 'ARGS')
  return (list.Processes ?? []).map(row => ({ pid: Number(row[pid]), args: row[args] ?? '' }))
}

/**
 * The emulator that a command line in the process list belongs to: QEMU registered with or without the flag
 * that keeps argv[0], Rosetta, FEX or box64. Undefined where the line shows the program itself.
 */
export function findEmulator(args: string): string | undefined {
  const first = args.split(/\s/, 1)[0] ?? ''
  const name = first.slice(first.lastIndexOf('/') + 1)
  // QEMU's tools have names of the same form.
  if (/^qemu-(img|io|nbd|ga|edid|keymap)$/.test(name)) return undefined
  const qemu = /^(?:qemu-)?([a-z0-9_]+?)(?:-static)?(?:-binfmt-P)?$/.exec(name)
  if (qemu !== null && (name.startsWith('qemu-') || name.endsWith('-binfmt-P'))) return `qemu-${qemu[1]}`
  if (/^(rosetta|FEXInterpreter|box64|box86)$/.test(name)) return name
  return undefined
}

/** Whether a process is the engine's own init, which every container is started with. */
export function isEngineInit(args: string): boolean {
  return /^(\S*\/)?(docker-init|tini|catatonit|podman-init)(\s|$)/.test(args)
}
