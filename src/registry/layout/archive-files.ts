import { type FileHandle, mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { describeError } from '../../errors.js'
import { describeBadLayout } from './layout-error.js'
import type { LayoutFiles } from './layout-files.js'
import { readRange } from './read-range.js'
import { indexTar } from './tar-index.js'

/**
 * The layout in a tar archive, gzipped or not. It is listed once; members are then read where they lie. What is gzipped
 * is unpacked first, to a file without a name, so that nothing stays behind however the process ends.
 * Throws `LAYOUT_INVALID`.
 */
export async function openArchiveFiles(
  file: string,
  shown: string,
  signal?: AbortSignal,
): Promise<LayoutFiles> {
  const handle = await openPlainTar(file, shown, signal)
  try {
    const members = await indexTar(handle, (await handle.stat()).size, shown)
    return {
      findSize: async path => {
        const member = members.get(path)
        if (member !== undefined && !member.isFile)
          throw describeBadLayout(shown, `${path} is not a plain file`)
        return member?.size
      },
      read: path => {
        const { offset = 0, size = 0 } = members.get(path) ?? {}
        return readRange(handle, offset, size)
      },
      close: async () => await handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function openPlainTar(
  file: string,
  shown: string,
  signal: AbortSignal | undefined,
): Promise<FileHandle> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw describeBadLayout(shown, describeError(error), 'Make it readable for this user.', error)
  })
  const start = Buffer.alloc(4)
  await handle.read(start, 0, 4, 0)
  if (start[0] === 0x1f && start[1] === 0x8b) {
    try {
      return await unpack(handle, shown, signal)
    } finally {
      await handle.close()
    }
  }
  if (start.toString('hex') === '28b52ffd') {
    await handle.close()
    throw describeBadLayout(
      shown,
      'it is compressed with zstd',
      'Unpack it first: zstd -d, or write it uncompressed.',
    )
  }
  return handle
}

/** Unpacks into the temporary folder, up to nine tenths of what is free there. */
async function unpack(
  packed: FileHandle,
  shown: string,
  signal: AbortSignal | undefined,
): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'archparity-'))
  let handle: FileHandle
  try {
    handle = await open(join(folder, 'archive.tar'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const { bavail, bsize } = await statfs(tmpdir())
    await pipeline(
      readRange(packed),
      createGunzip({ chunkSize: 256 * 1024 }),
      async (source: AsyncIterable<Buffer>) => await writeAll(handle, source, bavail * bsize * 0.9),
      ...(signal === undefined ? [] : [{ signal }]),
    )
    return handle
  } catch (error) {
    await handle.close()
    signal?.throwIfAborted()
    throw describeBadLayout(shown, `it cannot be unpacked: ${describeError(error)}`, undefined, error)
  }
}

async function writeAll(handle: FileHandle, source: AsyncIterable<Buffer>, limit: number): Promise<void> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > limit) throw new Error(`there is no room for it in ${tmpdir()} (set TMPDIR to another folder)`)
    for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten
  }
}
