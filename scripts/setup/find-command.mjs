// @ts-check
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** Daemons live in folders that are not on the PATH of an ordinary user. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

/**
 * Finds a program on the PATH or in the system's folders.
 * @param {string} name
 * @returns {string | undefined} its absolute path
 */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter(Boolean), ...SYSTEM_FOLDERS]
  return folders.map(folder => path.resolve(folder, name)).find(isExecutable)
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
