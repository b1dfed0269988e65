import type { GossCheck } from '../../suites/goss/goss-suite.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { CheckFailure, wrapEngineError } from '../failure.js'
import { isEngineInit } from '../guard/process-list.js'
import { type Look, makeSight, type Sight } from './look.js'

/** Longer names are cut by the kernel. */
const MAX_NAME = 15

/**
 * Looks for a process by the name of its program, among those that the container's own command has started: the
 * engine's init and what checks run beside them do not count.
 */
export async function lookAtProcess(check: GossCheck, { handle }: Look): Promise<Sight> {
  const names = await listProcessNames(handle)
  return makeSight(check, { running: names.includes(check.subject) })
}

async function listProcessNames(handle: ContainerHandle): Promise<string[]> {
  const state = await inspect(handle)
  const [names, lines] = [await listRows(handle, 'pid,ppid,comm'), await listRows(handle, 'pid,args')]
  const args = new Map(lines.map(([pid, words = '']) => [pid, words]))
  // Podman lists processes by the ids that they have in the container.
  const root = [String(state.State.Pid), '1'].find(each => names.some(([pid]) => pid === each))
  if (root === undefined)
    throw new CheckFailure(
      'infrastructure',
      'PROCESSES_UNKNOWN',
      'The engine does not list the container’s own process, so its processes cannot be known',
    )
  const own = new Set([root])
  // A child may be listed before its parent.
  for (let before = 0; before < own.size; ) {
    before = own.size
    for (const [pid = '', parent = ''] of names) if (own.has(parent)) own.add(pid)
  }
  return names.flatMap(([pid = '', , name = '']) => {
    const words = args.get(pid) ?? ''
    if (!own.has(pid) || (pid === root && isEngineInit(words))) return []
    return [completeName(name.trim(), words)]
  })
}

/** A name that was cut, from the command line that it is the beginning of. */
function completeName(name: string, args: string): string {
  if (name.length < MAX_NAME) return name
  const whole = args.split(/\s+/).map(word => word.slice(word.lastIndexOf('/') + 1))
  return whole.slice(0, 3).find(each => each.startsWith(name)) ?? name
}

async function inspect(handle: ContainerHandle) {
  try {
    return await handle.engine.inspect()
  } catch (error) {
    throw wrapEngineError(error, 'Asking for the state of the container failed')
  }
}

/** Columns of the engine's list; the last one may hold spaces. */
async function listRows(handle: ContainerHandle, columns: string): Promise<string[][]> {
  try {
    const list = (await handle.engine.top({ ps_args: `-eo ${columns}` })) as {
      Processes: string[][] | null
    }
    const count = columns.split(',').length
    return (list.Processes ?? []).map(row => splitRow(row.join(' '), count))
  } catch (error) {
    throw await handle.explain(error)
  }
}

/** Engines split the lines of `ps` or do not. */
function splitRow(line: string, columns: number): string[] {
  const words = line.trim().split(/\s+/)
  return [...words.slice(0, columns - 1), words.slice(columns - 1).join(' ')]
}
