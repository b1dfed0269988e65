import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { DeclaredDifference } from '../model/declared.js'
import { isDeclaredSuite, listDifferences, readDeclaredSuite } from '../suites/suite-formats.js'
import { openSurroundings } from '../suites/surroundings.js'

/** What the suites that are data call legitimate differences, in the order of `files`, which are relative to `root`. */
export async function listSuiteDifferences(
  files: readonly string[],
  root: string,
): Promise<DeclaredDifference[]> {
  const all = files.filter(isDeclaredSuite).map(async file => {
    const text = await readFile(path.join(root, file), 'utf8')
    const suite = readDeclaredSuite(file, text, () => {}, openSurroundings(root))
    return listDifferences(file, suite)
  })
  return (await Promise.all(all)).flat()
}
