import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import type { Digest } from '../../src/model/digest.js'
import { digestBytes } from './digest-bytes.js'

/** One thing in a layer; `path` is relative to the root. */
export interface FileEntry {
  readonly path: string
  readonly content?: Uint8Array | string
  /** Target of a symbolic link. */
  readonly link?: string
  readonly directory?: boolean
  readonly mode?: number
}

/** A layer, compressed with gzip. */
export interface Layer {
  readonly bytes: Buffer
  readonly digest: Digest
  /** Digest of the tar before compression. */
  readonly diffId: Digest
}

/**
 * Builds a layer. The same entries give the same bytes: everything belongs to root and is from 1970, and a path that
 * is given twice is the later one.
 */
export async function buildLayer(entries: readonly FileEntry[]): Promise<Layer> {
  const tar = pack()
  for (const entry of new Map(entries.map(entry => [entry.path, entry])).values()) {
    const header = { name: entry.path, mtime: new Date(0), uid: 0, gid: 0, uname: 'root', gname: 'root' }
    if (entry.directory) tar.entry({ ...header, type: 'directory', mode: entry.mode ?? 0o755 })
    else if (entry.link !== undefined)
      tar.entry({ ...header, type: 'symlink', mode: 0o777, linkname: entry.link })
    else tar.entry({ ...header, mode: entry.mode ?? 0o644 }, Buffer.from(entry.content ?? ''))
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const compressed = gzipSync(bytes, { level: 6 })
  return { bytes: compressed, digest: digestBytes(compressed), diffId: digestBytes(bytes) }
}
