import { Buffer } from 'node:buffer'
import { extract } from 'tar-stream'
import type { ContainerHandle } from '../container/container-handle.js'
import { type FileReading, readContainerFile } from '../container/read-file.js'
import { CheckFailure, wrapEngineError } from '../failure.js'

/** Reads a file of a container through the engine, so that the image needs nothing for it. */
export async function readStored(handle: ContainerHandle, path: string, limit: number): Promise<FileReading> {
  return readContainerFile(handle.engine, path, limit).catch(error => {
    throw wrapEngineError(error, `Reading ${path} failed`)
  })
}

/** Small files of the system, such as /etc/passwd; larger ones are none. Bytes. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024

/** The text of such a file; undefined where there is none. */
export async function readStoredText(handle: ContainerHandle, path: string): Promise<string | undefined> {
  const { result } = await readStored(handle, path, MAX_TEXT_BYTES)
  if (result.type !== 'file') return undefined
  requireWhole(path, result.size ?? 0, MAX_TEXT_BYTES)
  return result.text()
}

/** Throws where a file is larger than what is read of it. */
export function requireWhole(path: string, size: number, limit: number): void {
  if (size > limit)
    throw new CheckFailure(
      'exception',
      'FILE_TOO_LARGE',
      `${path} has ${size} bytes; files up to ${limit} bytes are read`,
    )
}

/** More are no data base that somebody installed. */
const MAX_FILES = 50_000

/** Files directly in a folder; undefined where that is none. */
export async function readStoredFolder(
  handle: ContainerHandle,
  path: string,
  limit: number,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const stream = await handle.engine.getArchive({ path }).catch(error => {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined
    throw wrapEngineError(error, `Reading ${path} failed`)
  })
  if (stream === undefined) return undefined
  const files = new Map<string, Buffer>()
  const archive = extract()
  let kept = 0
  await new Promise<void>((resolve, reject) => {
    archive.on('entry', (header, body, next) => {
      const parts = header.name.split('/')
      const wanted = header.type === 'file' && parts.length === 2
      const chunks: Buffer[] = []
      body.on('data', chunk => {
        const bytes = Buffer.from(chunk as Buffer)
        if (!wanted || kept > limit) return
        kept += bytes.length
        chunks.push(bytes)
      })
      body.on('end', () => {
        if (wanted && files.size < MAX_FILES) files.set(parts[1] as string, Buffer.concat(chunks))
        next()
      })
    })
    archive.on('finish', resolve)
    archive.on('error', reject)
    stream.on('error', reject)
    stream.pipe(archive)
  }).catch(error => {
    throw wrapEngineError(error, `Reading ${path} failed`)
  })
  requireWhole(path, kept, limit)
  return files
}
