import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'

/** A file of an archive, in the order in which it is written. */
export interface ArchiveFile {
  readonly path: string
  readonly content: Uint8Array | string
  readonly stored?: boolean
}

/** How Python's zipfile writes: to a seekable file or a stream, with 64-bit sizes, after other bytes. */
export interface ArchiveWishes {
  /** As a stream: sizes come after the content, and local headers have none. */
  readonly stream?: boolean
  /** Every number that can be one of 64 bits. */
  readonly wide?: boolean
  /** What stands in front: a start script. */
  readonly front?: string
  readonly comment?: string
  /** Empty files after the others; their number takes 64 bits beyond 65,535. */
  readonly padding?: number
}

const SCRIPT = `
import json, sys, zipfile
wishes, files = json.load(open('wishes.json'))
if wishes.get('wide'): zipfile.ZIP64_LIMIT = 10
class Stream:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
with open('out.zip', 'wb') as out:
    out.write(wishes.get('front', '').encode())
    out.flush()
    target = Stream(out) if wishes.get('stream') else out
    with zipfile.ZipFile(target, 'w') as archive:
        archive.comment = wishes.get('comment', '').encode()
        for index, (path, stored) in enumerate(files):
            info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            with archive.open(info, 'w', force_zip64=wishes.get('wide', False)) as member:
                member.write(open(str(index), 'rb').read())
        for index in range(wishes.get('padding', 0)): archive.writestr(f'x/{index}', b'')
`

/** Writes an archive with Python's zipfile, which is no kin of the reader. */
export async function writeArchive(
  files: readonly ArchiveFile[],
  wishes: ArchiveWishes = {},
): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'archive-'))
  try {
    const list = files.map(file => [file.path, file.stored ?? false])
    await writeFile(path.join(folder, 'wishes.json'), JSON.stringify([wishes, list]))
    for (const [index, file] of files.entries())
      await writeFile(path.join(folder, String(index)), file.content)
    await execa('python3', ['-c', SCRIPT], { cwd: folder })
    return await readFile(path.join(folder, 'out.zip'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
