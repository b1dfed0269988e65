// @ts-check
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const ROOT = path.resolve(fileURLToPath(import.meta.url), '../../..')

export const DEFAULT_RUN_FOLDER = '/run/archparity-lab'

/**
 * What is worth keeping between runs: foreign packages, the registry's images, the private engine's images.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findCacheFolder(env = process.env) {
  return path.resolve(env.ARCHPARITY_LAB_CACHE || path.join(homedir(), '.cache', 'archparity-lab'))
}

/**
 * Sockets, pid files and logs of what set-up started; nothing in it outlives a stop.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findRunFolder(env = process.env) {
  return path.resolve(env.ARCHPARITY_SETUP_RUN || DEFAULT_RUN_FOLDER)
}
