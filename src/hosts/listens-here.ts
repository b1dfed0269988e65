import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'

/** What `/proc/net/unix` says of a socket that takes connections (`__SO_ACCEPTCON`). */
const LISTENING = '00010000'

/**
 * Whether whoever listens on a Unix socket is in this process's network namespace: the kernel lists only those.
 * An engine in a container, or in a namespace of its own, is seen by its socket's file alone.
 */
export async function listensHere(socketPath: string): Promise<boolean> {
  const table = await readFile('/proc/net/unix', 'utf8').catch(() => '')
  const wanted = await realpath(socketPath).catch(() => socketPath)
  for (const listed of listListening(table)) {
    // Under the path that it was given when it was made, which may lead through a link (/var/run).
    if (path.basename(listed) !== path.basename(wanted)) continue
    if ((await realpath(listed).catch(() => undefined)) === wanted) return true
  }
  return false
}

/** Columns: number, references, protocol, flags, type, state, inode, path; the path may hold spaces. */
function listListening(table: string): string[] {
  return table.split('\n').flatMap(line => {
    const [, flags, listed] = /^\S+: \S+ \S+ (\S+) \S+ \S+ +\d+ (\/.*)$/.exec(line) ?? []
    return flags === LISTENING && listed !== undefined ? [listed] : []
  })
}
