import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import type { FileEntry } from './layer.js'

/** Reads a stored layer back, with the content of those files that are asked for. */
export async function readLayer(
  file: string,
  wantsContent: (path: string) => boolean = () => true,
): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  const reader = extract()
  const reading = pipeline(createReadStream(file), createGunzip({ chunkSize: 1 << 18 }), reader)
  for await (const entry of reader) {
    const { name, type, mode, uid, gid, linkname, pax } = entry.header
    const path = name.replace(/\/$/, '')
    const chunks: Buffer[] = []
    for await (const chunk of entry) if (wantsContent(path)) chunks.push(chunk as Buffer)
    const records = pax as Readonly<Record<string, string>> | undefined
    const capability = records?.['SCHILY.xattr.security.capability']
    entries.push({
      ...{ path, mode, uid, gid },
      ...(capability ? { capability: Buffer.from(capability, 'latin1').toString('hex') } : {}),
      ...(type === 'directory' ? { directory: true } : {}),
      ...(type === 'symlink' ? { link: linkname ?? '' } : {}),
      ...(type === 'link' ? { hardLink: linkname ?? '' } : {}),
      ...(type === 'file' ? { content: Buffer.concat(chunks) } : {}),
    })
  }
  await reading
  return entries
}
