import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { readBuiltinName } from '../builtin/suite-names.js'

/**
 * Hash of the names and texts of suite files, relative to `root`: two runs with the same ran the same suites, as far as
 * their own files tell. Built-in ones are known by their name.
 */
export async function hashSuites(files: readonly string[], root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) {
    const text = readBuiltinName(file) === undefined ? await readFile(path.join(root, file)) : Buffer.of()
    hash.update(`${file}\0${text.length}\0`).update(text)
  }
  return `sha256:${hash.digest('hex')}`
}
