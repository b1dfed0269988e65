import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describeBadLayout } from './layout-error.js'
import type { LayoutFiles } from './layout-files.js'
import { readRange } from './read-range.js'

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
    read: path => readFile(join(directory, path), path, shown),
    close: async () => undefined,
  }
}

async function* readFile(file: string, path: string, shown: string): AsyncGenerator<Buffer> {
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
  try {
    yield* readRange(handle)
  } finally {
    await handle.close()
  }
}
