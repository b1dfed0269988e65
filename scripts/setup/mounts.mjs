// @ts-check
import { readFileSync } from 'node:fs'
import { runCommand } from './run-command.mjs'

/**
 * Unmounts everything below the folders, deepest first: what a killed engine leaves.
 * @param {readonly string[]} folders
 */
export async function unmountBelow(folders) {
  const found = listMountsBelow(readFileSync('/proc/self/mounts', 'utf8'), folders)
  for (const folder of found) await runCommand('umount', ['--lazy', folder], { allowFailure: true })
}

/**
 * @param {string} mounts text of /proc/self/mounts; spaces in paths are written \040
 * @param {readonly string[]} folders
 */
export function listMountsBelow(mounts, folders) {
  return mounts
    .split('\n')
    .map(line =>
      (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, octal) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter(mount => folders.some(folder => mount === folder || mount.startsWith(`${folder}/`)))
    .sort((a, b) => b.length - a.length)
}
