import { execa } from 'execa'
import { extract } from 'tar-stream'
import type { FileEntry } from './layer.js'

/**
 * Reads the files of a .deb, in its order, with paths relative to the root. What the package only documents is left
 * out.
 */
export async function readPackage(file: string): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  const reader = extract()
  const dpkg = execa('dpkg-deb', ['--fsys-tarfile', file], { stdout: 'pipe', buffer: false })
  dpkg.stdout.pipe(reader)
  for await (const entry of reader) {
    const { name, type, mode, linkname } = entry.header
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    const path = name.replace(/^\.?\//, '').replace(/\/$/, '')
    if (path === '' || /^usr\/share\/(doc|man|lintian)\b/.test(path)) continue
    if (type === 'directory') entries.push({ path, directory: true, mode })
    else if (type === 'symlink') entries.push({ path, link: linkname ?? '' })
    else if (type === 'file') entries.push({ path, mode, content: Buffer.concat(chunks) })
  }
  await dpkg
  return entries
}
