import type Docker from 'dockerode'
import { extract } from 'tar-stream'
import { readEntry } from '../../hosts/container-archive.js'
import type { FileObservation } from '../../model/observation.js'
import type { FileFacts } from '../../suites/structure-test/judge-file.js'
import type { CheckScope } from '../check-scope.js'
import { isUnknownLink, restoreLink, tellsOwners } from '../container/engine-limits.js'
import { readContainerFile } from '../container/read-file.js'
import { CheckFailure, wrapEngineError } from '../failure.js'
import { getWorker } from '../worker.js'

/** A larger file is not searched. Bytes. */
const MAX_SEARCHED_BYTES = 64 * 1024 * 1024

/**
 * The image's own files, as they were pushed: read through a container that is created and never started, so that no
 * command can have changed them and nothing of the image runs.
 */
export class StoredImage {
  private created: Promise<Docker.Container> | undefined

  /** What is at a path itself; a link is not followed. Recorded as an observation. */
  async stat(scope: CheckScope, path: string): Promise<FileFacts | undefined> {
    const container = await this.open()
    const found = await readEntry(container, path, () => false).catch(error => {
      throw wrapEngineError(error, `Reading ${path} failed`)
    })
    if (found === undefined) {
      // The engine gives the same status for a container that is gone.
      await this.mustExist()
      scope.record({ kind: 'file', path, exists: false })
      return undefined
    }
    const { type, mode, uid, gid, linkname } = await restoreLink(container, path, found)
    const owners = (await tellsOwners()) ? { uid, gid } : {}
    const facts = { type: type === 'link' ? 'file' : type, mode, ...owners }
    scope.record(describeFacts(path, facts, isUnknownLink(linkname) ? undefined : linkname))
    return facts
  }

  /** A file's content, links followed; undefined where there is no file. Recorded as an observation. */
  async read(scope: CheckScope, path: string): Promise<{ bytes?: Uint8Array; problem?: string }> {
    const container = await this.open()
    const { result, observation } = await this.readFile(
      container,
      path,
      getWorker().context.limits.maxOutputBytes,
    )
    scope.record(observation)
    if (!result.exists) return { problem: `${path} does not exist` }
    if (result.type !== 'file') return { problem: `${path} is a ${result.type}, not a file` }
    const size = result.size ?? 0
    if (size <= result.bytes.length) return { bytes: result.bytes }
    if (size > MAX_SEARCHED_BYTES)
      throw new CheckFailure(
        'exception',
        'FILE_TOO_LARGE',
        `${path} has ${size} bytes; files up to ${MAX_SEARCHED_BYTES} bytes are searched`,
      )
    return { bytes: (await this.readFile(container, path, MAX_SEARCHED_BYTES)).result.bytes }
  }

  /** Folders directly below a folder; undefined where that is none. */
  async listFolders(path: string): Promise<string[] | undefined> {
    const container = await this.open()
    const stream = await container.getArchive({ path }).catch(() => undefined)
    if (stream === undefined) {
      await this.mustExist()
      return undefined
    }
    const folders = new Set<string>()
    const archive = extract()
    await new Promise<void>((resolve, reject) => {
      archive.on('entry', (header, body, next) => {
        const parts = header.name.replace(/\/$/, '').split('/')
        if (header.type === 'directory' && parts.length === 2) folders.add(parts[1] as string)
        body.on('end', next)
        body.resume()
      })
      archive.on('finish', resolve)
      archive.on('error', reject)
      stream.on('error', reject)
      stream.pipe(archive)
    }).catch(error => {
      throw wrapEngineError(error, `Reading ${path} failed`)
    })
    return [...folders].sort()
  }

  async close(): Promise<void> {
    const container = await this.created?.catch(() => undefined)
    this.created = undefined
    await container?.remove({ force: true, v: true }).catch(() => {})
  }

  /** The container itself. */
  open(): Promise<Docker.Container> {
    const { engine, context } = getWorker()
    this.created ??= engine
      .createContainer({
        Image: context.image,
        // Engines want a command even for a container that is never started.
        Entrypoint: [],
        Cmd: ['/never-started'],
        Labels: { ...context.labels, 'org.archparity.target': context.target.id },
      })
      .catch(error => {
        this.created = undefined
        throw wrapEngineError(error, 'Creating a container to read the image failed')
      })
    return this.created
  }

  private async mustExist(): Promise<void> {
    await (await this.open()).inspect().catch(error => {
      throw wrapEngineError(error, 'The container that the image is read through is gone')
    })
  }

  private readFile(container: Docker.Container, path: string, limit: number) {
    return readContainerFile(container, path, limit).catch(error => {
      throw wrapEngineError(error, `Reading ${path} failed`)
    })
  }
}

function describeFacts(path: string, facts: FileFacts, link: string | undefined): FileObservation {
  const known = ['file', 'directory', 'symlink'] as const
  return {
    kind: 'file',
    path,
    exists: true,
    type: known.find(each => each === facts.type) ?? 'other',
    mode: (facts.mode & 0o7777).toString(8).padStart(4, '0'),
    ...(facts.uid === undefined ? {} : { uid: facts.uid }),
    ...(facts.gid === undefined ? {} : { gid: facts.gid }),
    ...(link ? { linkTarget: link } : {}),
  }
}
