import { readdirSync, readFileSync } from 'node:fs'
import { execa } from 'execa'
import { listHierarchies } from './control-groups.js'
import { RUN_PARENT } from './run-folder.js'

/**
 * What hosts of that process (this one by default) have left on the machine, or still use: processes, mounts, control
 * groups, loop devices, files. One line each; empty after every one has been stopped.
 */
export async function listHostLeftovers(
  owner = process.pid,
  parent = RUN_PARENT,
): Promise<readonly string[]> {
  const mark = `lh-${owner}-`
  const processes = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => readText(`/proc/${pid}/cmdline`) + readText(`/proc/${pid}/environ`))
    .filter(text => text.includes(mark))
    .map(text => `process ${text.split('\0').slice(0, 4).join(' ')}`)
  const mounts = readText('/proc/self/mounts')
    .split('\n')
    .filter(line => line.includes(mark))
  const groups = listHierarchies()
    .flatMap(({ folder }) => readdirSync(folder).map(name => `${folder}/${name}`))
    .filter(name => name.includes(mark))
  const loops = (await execa('losetup', ['--all'])).stdout.split('\n').filter(line => line.includes(mark))
  const files = readdirSync(parent).filter(name => name.startsWith(mark))
  return [processes, mounts, groups, loops, files].flat()
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
