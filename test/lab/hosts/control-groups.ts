import { readFileSync } from 'node:fs'
import { readdir, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A hierarchy of control groups that this machine has mounted (cgroups(7)). */
export interface Hierarchy {
  readonly type: 'cgroup' | 'cgroup2'
  /** What mounts the same hierarchy again: its controllers, or `name=...`; `-` for version 2. */
  readonly options: string
  readonly folder: string
}

/** Options that mount(8) shows with the controllers and that do not name the hierarchy. */
const FOREIGN = /^(rw|ro|nosuid|nodev|noexec|(no|rel|strict)atime|xattr|clone_children|release_agent=.*)$/

/** The hierarchies below /sys/fs/cgroup; empty where nothing has mounted them. */
export function listHierarchies(mounts = readFileSync('/proc/self/mounts', 'utf8')): Hierarchy[] {
  return mounts.split('\n').flatMap(line => {
    const [, folder = '', type, options = ''] = line.split(' ')
    if ((type !== 'cgroup' && type !== 'cgroup2') || !folder.startsWith('/sys/fs/cgroup')) return []
    const naming = type === 'cgroup2' ? [] : options.split(',').filter(option => !FOREIGN.test(option))
    return [{ type, options: naming.join(',') || '-', folder }]
  })
}

/** Removes a group and the groups below it. What ran in it has just been killed, so that it may be busy for a moment. */
export async function removeGroup(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await removeTree(folder)
      return
    } catch (error) {
      if (attempt === 100) throw error
      await sleep(50)
    }
  }
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) return
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(folder, entry.name))
  await rmdir(folder)
}
