// @ts-check
import { statSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './places.mjs'
import { runCommand } from './run-command.mjs'
import { say } from './say.mjs'

/**
 * Installs the project's dependencies where package-lock.json is newer than what is installed.
 * @param {{ root?: string, signal?: AbortSignal }} [options]
 */
export async function ensureNodeModules({ root = ROOT, signal } = {}) {
  if (!needsNodeModules(root)) return
  say('installing npm packages (npm ci)')
  // The npm that started us may be another one than the PATH's.
  const npm = process.env.npm_execpath
  const [file, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  await runCommand(file ?? 'npm', [...args, 'ci', '--no-audit', '--no-fund'], { cwd: root, signal })
}

/** @param {string} root */
export function needsNodeModules(root) {
  const installed = readModified(path.join(root, 'node_modules', '.package-lock.json'))
  return installed === undefined || (readModified(path.join(root, 'package-lock.json')) ?? 0) > installed
}

/** @param {string} file */
function readModified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs
}
