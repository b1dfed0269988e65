import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { glob } from 'tinyglobby'
import { BUILTIN_SUITES, type BuiltinSuite, listBuiltinFiles } from '../builtin/suite-names.js'
import { DEFAULTS, type Settings } from '../config/schema.js'
import { ArchparityError } from '../errors.js'
import { compareText } from '../model/platform.js'
import { isCompanion } from '../suites/companion-files.js'
import { isDeclaredSuite, readDeclaredSuite } from '../suites/suite-formats.js'
import { openSurroundings } from '../suites/surroundings.js'

/**
 * Finds the suite files, relative to `root` and sorted, with the built-in suites that the settings choose after them,
 * and reads those that are data. Throws SUITE_INVALID for what is
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
    .filter(file => !isCompanion(file))
    .sort(compareText)
  const builtin = listBuiltinFiles(chooseBuiltin(settings, files.length))
  if (files.length + builtin.length === 0 || (files.length === 0 && isOwnGlob(settings))) {
    throw new ArchparityError('NO_SUITES', `No suite file matches ${settings.suites.join(', ')} in ${root}`, {
      hint: 'Write suites/basic.suite.ts: import { expect, test } from "archparity/suite"; test("runs", async ({ exec }) => { expect((await exec("uname -s")).exitCode).toBe(0) })',
    })
  }
  const wanted = filters.map(filter =>
    path.isAbsolute(filter) ? path.relative(root, filter) : filter.replace(/^\.\//, ''),
  )
  const all = [...files, ...builtin]
  const chosen = wanted.length === 0 ? all : all.filter(file => wanted.some(part => file.includes(part)))
  if (chosen.length === 0) {
    throw new ArchparityError('NO_SUITES', `No suite file matches ${filters.join(', ')}`, {
      hint: `There are: ${all.join(', ')}`,
    })
  }
  // A mistake in one of them is told before anything is pulled.
  const included = await readDeclared(chosen.filter(isDeclaredSuite), root, warn)
  return chosen.filter(file => !included.has(file))
}

/**
 * Reads suites that are data, and gives those that others draw in: their checks run there, and what is wrong in them
 * counts there alone.
 */
async function readDeclared(
  files: readonly string[],
  root: string,
  warn: (message: string) => void,
): Promise<ReadonlySet<string>> {
  const included = new Set<string>()
  const errors = new Map<string, unknown>()
  for (const file of files) {
    const text = await readFile(path.join(root, file), 'utf8')
    try {
      const declared = readDeclaredSuite(file, text, warn, openSurroundings(root))
      if (declared.format === 'goss') for (const each of declared.suite.included) included.add(each)
    } catch (error) {
      errors.set(file, error)
    }
  }
  for (const [file, error] of errors) if (!included.has(file)) throw error
  return included
}

/** By themselves they stand in for suites that nobody wrote; named, they run beside the user's own. */
function chooseBuiltin({ builtinSuites }: Settings, files: number): readonly BuiltinSuite[] {
  if (builtinSuites === 'off') return []
  if (builtinSuites === 'auto') return files === 0 ? BUILTIN_SUITES : []
  return builtinSuites === 'all' ? BUILTIN_SUITES : builtinSuites
}

/** Whether the user said where suites are: then none is a mistake, unless built-in ones are asked for by name too. */
function isOwnGlob({ suites, builtinSuites }: Settings): boolean {
  return builtinSuites === 'auto' && suites.join() !== DEFAULTS.suites.join()
}
