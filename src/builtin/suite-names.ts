import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Every built-in suite, in the order of reports: the module `suites/NAME` declares its checks. */
export const BUILTIN_SUITES = [
  'start',
  'linkage',
  'native-modules',
  'interpreters',
  'runtime',
  'performance',
] as const

export type BuiltinSuite = (typeof BUILTIN_SUITES)[number]

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'suites')
const PREFIX = 'builtin/'

/** What a suite file is called in check ids and reports: relative to the root, or `builtin/NAME`. */
export function nameSuiteFile(root: string, file: string): string {
  if (path.dirname(file) === FOLDER) return `${PREFIX}${path.parse(file).name}`
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file
}

/** The built-in suite of that name in reports; undefined for a user's file, whose name has an extension. */
export function readBuiltinName(name: string): BuiltinSuite | undefined {
  return BUILTIN_SUITES.find(each => name === `${PREFIX}${each}`)
}

/** Names of suites as reports have them. */
export function listBuiltinFiles(suites: readonly BuiltinSuite[]): string[] {
  return BUILTIN_SUITES.filter(each => suites.includes(each)).map(each => `${PREFIX}${each}`)
}

/** Absolute path of a built-in suite's module. */
export function locateBuiltin(suite: BuiltinSuite): string {
  return path.join(FOLDER, `${suite}.js`)
}
