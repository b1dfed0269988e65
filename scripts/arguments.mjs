// @ts-check
import { existsSync } from 'node:fs'
import path from 'node:path'

/**
 * Tells the two meanings of `npm test` apart.
 * - `image`: IMAGE is set, or the first argument is neither a flag nor a test filter. All else goes to the run.
 * - `tests`: everything goes to vitest. A test filter begins with `test/`, or names an existing path inside test/.
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, root: string, cwd?: string }} context
 * @returns {{ kind: 'image', image: string, args: string[] } | { kind: 'tests', args: string[] }}
 */
export function readTestArguments(args, { env = process.env, root, cwd = root }) {
  const [first, ...rest] = args
  if (first !== undefined && !first.startsWith('-') && !isTestFilter(first, root, cwd)) {
    return { kind: 'image', image: first, args: rest }
  }
  const filtered = first !== undefined && !first.startsWith('-')
  if (env.IMAGE && !filtered) return { kind: 'image', image: env.IMAGE, args: [...args] }
  return { kind: 'tests', args: [...args] }
}

/**
 * @param {string} text
 * @param {string} root
 * @param {string} cwd
 */
function isTestFilter(text, root, cwd) {
  if (text.startsWith('test/') || text.startsWith('./test/')) return true
  const folder = path.join(root, 'test')
  const file = path.resolve(cwd, text.replace(/:\d+$/, ''))
  return (file === folder || file.startsWith(`${folder}${path.sep}`)) && existsSync(file)
}
