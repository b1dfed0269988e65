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
  /** Path in the same layer whose content it shares. */
  readonly hardLink?: string
  readonly directory?: boolean
  readonly mode?: number
  /** Root's where they are absent. */
  readonly uid?: number
  readonly gid?: number
  /** Value of `security.capability` in hexadecimal; its bytes must be below 0x80. */
  readonly capability?: string
}

/** A layer, compressed with gzip. */
export interface Layer {
  readonly bytes: Buffer
  readonly digest: Digest
  /** Digest of the tar before compression. */
  readonly diffId: Digest
  /** Where the compressed bytes lie, of a layer that is too large for memory: `bytes` reads it at each call. */
  readonly file?: string
}

/**
 * Builds a layer. The same entries give the same bytes: everything is from 1970, belongs to root where nobody is named,
 * and a path that is given twice is the later one.
 */
export async function buildLayer(entries: readonly FileEntry[]): Promise<Layer> {
  const chunks: Buffer[] = []
  for await (const chunk of packEntries(entries)) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const compressed = gzipSync(bytes, { level: 6 })
  return { bytes: compressed, digest: digestBytes(compressed), diffId: digestBytes(bytes) }
}

/** The tar of a layer. */
export function packEntries(entries: readonly FileEntry[]): ReturnType<typeof pack> {
  const tar = pack()
  for (const entry of new Map(entries.map(entry => [entry.path, entry])).values()) {
    const { uid = 0, gid = 0 } = entry
    const names = uid === 0 && gid === 0 ? { uname: 'root', gname: 'root' } : {}
    const header = { name: entry.path, mtime: new Date(0), uid, gid, ...names, ...writePax(entry) }
    if (entry.directory) tar.entry({ ...header, type: 'directory', mode: entry.mode ?? 0o755 })
    else if (entry.link !== undefined)
      tar.entry({ ...header, type: 'symlink', mode: 0o777, linkname: entry.link })
    else if (entry.hardLink !== undefined)
      tar.entry({ ...header, type: 'link', mode: entry.mode ?? 0o644, linkname: entry.hardLink })
    else tar.entry({ ...header, mode: entry.mode ?? 0o644 }, Buffer.from(entry.content ?? ''))
  }
  tar.finalize()
  return tar
}

/** Extended attributes as GNU tar and Docker write them: a pax record `SCHILY.xattr.<name>` with raw bytes. */
function writePax({ path, capability }: FileEntry): { pax?: Record<string, string> } {
  if (capability === undefined) return {}
  const bytes = Buffer.from(capability, 'hex')
  // tar-stream writes records as UTF-8, which keeps only these bytes as they are.
  if (bytes.some(byte => byte >= 0x80)) throw new Error(`${path}: a capability beyond ASCII`)
  return { pax: { 'SCHILY.xattr.security.capability': bytes.toString('latin1') } }
}
