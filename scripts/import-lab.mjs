// @ts-check
import path from 'node:path'
import { ROOT } from './setup/places.mjs'

/**
 * Imports a module of the lab, which is written in TypeScript: this Node may not run that by itself; vite is there and
 * does.
 * @template T
 * @param {string} file below `test/lab/`
 * @returns {Promise<T>}
 */
export async function importLab(file) {
  const { runnerImport } = await import('vite')
  /** @type {{ module: T }} */
  const { module } = await runnerImport(path.join(ROOT, 'test', 'lab', file), {
    configFile: false,
    logLevel: 'error',
  })
  return module
}
