// @ts-check
import { importLab } from './import-lab.mjs'

/**
 * Builds images of the lab and pushes them to `registry/folder/NAME`.
 * @param {readonly string[]} names
 * @param {string} registry
 * @param {string} folder
 * @returns {Promise<string[]>} their references, in the same order
 */
export async function pushLabImages(names, registry, folder) {
  /** @type {typeof import('../test/lab/push-image.js')} */
  const { pushLabImage } = await importLab('push-image.ts')
  return await Promise.all(names.map(name => pushLabImage(name, registry, folder)))
}
