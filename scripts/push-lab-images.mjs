// @ts-check
import path from 'node:path'
import { ROOT } from './setup/places.mjs'

/**
 * Builds images of the lab and pushes them to `registry/folder/NAME`.
 * The lab is written in TypeScript, which this Node may not run by itself; vite is there and does.
 * @param {readonly string[]} names
 * @param {string} registry
 * @param {string} folder
 * @returns {Promise<string[]>} their references, in the same order
 */
export async function pushLabImages(names, registry, folder) {
  const { runnerImport } = await import('vite')
  /** @type {{ module: typeof import('../test/lab/push-image.js') }} */
  const { module } = await runnerImport(path.join(ROOT, 'test', 'lab', 'push-image.ts'), {
    configFile: false,
    logLevel: 'error',
  })
  return await Promise.all(names.map(name => module.pushLabImage(name, registry, folder)))
}
