import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { glob } from 'tinyglobby'
import type { Settings } from '../config/schema.js'
import { ArchparityError } from '../errors.js'
import { compareText } from '../model/platform.js'
import { isDeclaredSuite, readDeclaredSuite } from '../suites/suite-formats.js'

/**
 * Finds the suite files, relative to `root` and sorted, and reads those that are data. Throws SUITE_INVALID for what is
 * wrong in one, with its line, and NO_SUITES, saying where it looked, where there
 * is none or where no file matches the user's filters.
 */
export async function listSuites(
  settings: Settings,
  root: string,
  filters: readonly string[],
  warn: (message: string) => void = () => {},
): Promise<string[]> {
  const files = (
    await glob([...settings.suites], { cwd: root, ignore: ['**/node_modules/**', '**/.git/**'] })
  )
    .map(file => file.split(path.sep).join('/'))
    .sort(compareText)
  if (files.length === 0) {
    throw new ArchparityError('NO_SUITES', `No suite file matches ${settings.suites.join(', ')} in ${root}`, {
      hint: 'Write suites/basic.suite.ts: import { expect, test } from "archparity/suite"; test("runs", async ({ exec }) => { expect((await exec("uname -s")).exitCode).toBe(0) })',
    })
  }
  const wanted = filters.map(filter =>
    path.isAbsolute(filter) ? path.relative(root, filter) : filter.replace(/^\.\//, ''),
  )
  const chosen = wanted.length === 0 ? files : files.filter(file => wanted.some(part => file.includes(part)))
  if (chosen.length === 0) {
    throw new ArchparityError('NO_SUITES', `No suite file matches ${filters.join(', ')}`, {
      hint: `There are: ${files.join(', ')}`,
    })
  }
  // A mistake in one of them is told before anything is pulled.
  for (const file of chosen.filter(isDeclaredSuite))
    readDeclaredSuite(file, await readFile(path.join(root, file), 'utf8'), warn)
  return chosen
}
