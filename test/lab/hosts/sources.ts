import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Texts of files of this folder: what is built by them is built again where they have changed. */
export async function readSources(...names: readonly string[]): Promise<readonly string[]> {
  return await Promise.all(names.map(name => readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8')))
}
