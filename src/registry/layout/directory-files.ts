import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describeBadLayout } from './layout-error.js'
import type { LayoutFiles } from './layout-files.js'

/** The layout in a folder. `shown` is what messages call it. */
export function openDirectoryFiles(directory: string, shown: string): LayoutFiles {
  return {
    findSize: async path => {
      try {
        const found = await stat(join(directory, path))
        // Opening a pipe or a device could wait for ever.
        if (!found.isFile()) throw describeBadLayout(shown, `${path} is not a plain file`)
        return found.size
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
        if (code === undefined || !('syscall' in (error as object))) throw error
        throw describeBadLayout(shown, `${path} cannot be read (${code})`, 'Make it readable for this user.')
      }
    },
    open: async path => await openFile(join(directory, path), path, shown),
    close: async () => undefined,
  }
}

async function openFile(file: string, path: string, shown: string): Promise<Readable> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw describeBadLayout(
      shown,
      `${path} cannot be read (${code})`,
      'Make it readable for this user.',
      error,
    )
  }
  return handle.createReadStream({ highWaterMark: 256 * 1024 })
}
