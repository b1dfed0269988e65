import path from 'node:path'
import type { Plugin } from 'vite'
import { compileSuite } from './compile-suite.js'
import { isDeclaredSuite, readDeclaredSuite } from './suite-formats.js'
import { openSurroundings } from './surroundings.js'

/**
 * Lets vitest run declared suites: each becomes a module of checks. `isSuite` says which files are suites; data that
 * suites import stays what it is.
 */
export function createSuitePlugin(root: string, isSuite: (file: string) => boolean): Plugin {
  const isDeclared = (id: string) => isDeclaredSuite(id) && isSuite(id)
  return {
    name: 'archparity:declared-suites',
    enforce: 'pre',
    // A script is a test of the directory that it is in, also where it is a link to one that many share. Files below the
    // root are asked for by their path from there, too.
    resolveId: source =>
      path.isAbsolute(source) ? [source, path.join(root, source)].find(isDeclared) : undefined,
    transform(code, id) {
      if (!isDeclared(id)) return undefined
      const file = path.relative(root, id).split(path.sep).join('/')
      const surroundings = openSurroundings(root, each => this.addWatchFile(each))
      return { code: compileSuite(readDeclaredSuite(file, code, () => {}, surroundings)), map: null }
    },
    configResolved({ plugins }) {
      // It would read the module that a suite has become as JSON.
      const json = plugins.find(({ name }) => /^(vite:json|builtin:vite-json)$/.test(name))
      const { transform } = json ?? {}
      if (json === undefined || transform === undefined) return
      const handler = typeof transform === 'function' ? transform : transform.handler
      const filtered: typeof handler = function (code, id, ...rest) {
        return isDeclared(id) ? undefined : handler.call(this, code, id, ...rest)
      }
      json.transform = typeof transform === 'function' ? filtered : { ...transform, handler: filtered }
    },
  }
}
