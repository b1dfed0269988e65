import type Docker from 'dockerode'
import { type EntryHeader, isSymlinkStat, statPath } from '../../hosts/container-archive.js'
import { wrapEngineError } from '../failure.js'
import { getWorker } from '../worker.js'

let engineName: Promise<string> | undefined

/** Whether the engine says to whom files belong: Podman says of every file that it is root's (seen with 4.3). */
export async function tellsOwners(): Promise<boolean> {
  engineName ??= getWorker()
    .engine.version()
    .then(({ Components }) => Components?.[0]?.Name ?? '')
  const name = await engineName.catch(error => {
    engineName = undefined
    throw wrapEngineError(error, 'Asking the engine for its version failed')
  })
  return !/podman/i.test(name)
}

/** Stands for each byte of a link's target that is not known: no path holds it. */
const UNKNOWN = '\0'

/** Whether an engine hides where a link points. */
export const isUnknownLink = (linkname: string): boolean => linkname.startsWith(UNKNOWN)

/**
 * The entry of a link itself, where an engine's archive call gave what it leads to. Podman's does; its status call does not,
 * but hides where it points.
 */
export async function restoreLink(
  container: Docker.Container,
  path: string,
  entry: EntryHeader,
): Promise<EntryHeader> {
  if (entry.type === 'symlink') return entry
  const stat = await statPath(container, path).catch(error => {
    throw wrapEngineError(error, `Reading ${path} failed`)
  })
  if (stat === undefined || !isSymlinkStat(stat)) return entry
  return { ...entry, type: 'symlink', mode: stat.mode & 0o777, linkname: UNKNOWN.repeat(stat.size) }
}
