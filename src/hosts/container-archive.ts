import type { IncomingMessage } from 'node:http'
import type Docker from 'dockerode'
import { extract } from 'tar-stream'

/** What the engine says of a path without reading it (Engine API, header X-Docker-Container-Path-Stat). */
export interface PathStat {
  readonly name: string
  readonly size: number
  /** Go's FileMode: permission bits low, type bits high. */
  readonly mode: number
  /** For a symbolic link: where it leads in the container, all links resolved. */
  readonly linkTarget: string
}

const MODE_DIRECTORY = 0x80000000
const MODE_SYMLINK = 0x08000000

export const isDirectoryStat = (stat: PathStat): boolean => (stat.mode & MODE_DIRECTORY) !== 0
export const isSymlinkStat = (stat: PathStat): boolean => (stat.mode & MODE_SYMLINK) !== 0

/** Asks the engine about a path in a container, started or not; undefined where there is nothing. */
export async function statPath(container: Docker.Container, path: string): Promise<PathStat | undefined> {
  try {
    const response = (await container.infoArchive({ path })) as unknown as IncomingMessage
    // Until it is read to its (empty) end, the connection is taken and keeps the process alive.
    response.resume()
    const header = response.headers['x-docker-container-path-stat']
    if (typeof header !== 'string') return undefined
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as PathStat
  } catch (error) {
    if (saysMissing(error)) return undefined
    // The answer to this kind of request has no words; those of the next kind tell a bad path from a broken engine.
    if ((error as { statusCode?: number }).statusCode !== 500) throw error
    await readEntry(container, path, () => false)
    return undefined
  }
}

/** Whether the engine means that there is no such path: engines also fail on links in a loop and files as folders. */
function saysMissing(error: unknown): boolean {
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 404 || statusCode === 400) return true
  return statusCode === 500 && /not a directory|too many (?:\w+ )*links|name too long/.test(message ?? '')
}

/** The tar header of one entry, as far as it is used. */
export interface EntryHeader {
  readonly type: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly linkname: string
}

/**
 * Reads the entry that `path` names, through the engine's archive call, which needs nothing in the image.
 * `onBytes` gets the content in pieces and returns false when it has enough.
 */
export async function readEntry(
  container: Docker.Container,
  path: string,
  onBytes: (bytes: Buffer) => boolean,
): Promise<EntryHeader | undefined> {
  const stream = await container.getArchive({ path }).catch(error => {
    if (saysMissing(error)) return undefined
    throw error
  })
  if (stream === undefined) return undefined
  const archive = extract()
  return new Promise((resolve, reject) => {
    const stop = (result: EntryHeader | undefined) => {
      resolve(result)
      ;(stream as unknown as { destroy(): void }).destroy()
      archive.destroy()
    }
    archive.on('entry', (header, body) => {
      const entry: EntryHeader = {
        type: header.type ?? 'file',
        mode: header.mode ?? 0,
        uid: header.uid ?? 0,
        gid: header.gid ?? 0,
        size: header.size ?? 0,
        linkname: header.linkname ?? '',
      }
      body.on('data', chunk => {
        if (!onBytes(chunk as Buffer)) stop(entry)
      })
      body.on('end', () => stop(entry))
      body.on('error', reject)
    })
    archive.on('finish', () => resolve(undefined))
    archive.on('error', reject)
    stream.on('error', reject)
    stream.pipe(archive)
  })
}
