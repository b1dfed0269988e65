// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { runCommand } from './run-command.mjs'
import { say } from './say.mjs'
import { SetupError } from './setup-error.mjs'

const FOLDER = '/sys/fs/cgroup'
/** Without these runc refuses to start a container (runc, checks of the v1 manager). */
const NEEDED = ['cpu', 'cpuset', 'devices', 'memory', 'pids']

/**
 * Mounts the kernel's control groups where no init system has: version 2, or version 1 for a kernel that has its
 * controllers bound to version 1 already.
 * @param {{ marker: string }} context file that remembers it, so that another process can undo it
 * @throws {SetupError} where this machine may not mount
 */
export async function ensureCgroups({ marker }) {
  const plan = planCgroups(readFileSync('/proc/self/mounts', 'utf8'), readFileSync('/proc/cgroups', 'utf8'))
  if (plan.length === 0) return
  say(`mounting control groups on ${FOLDER}`)
  writeFileSync(marker, '')
  for (const { type, options, folder } of plan) {
    mkdirSync(folder, { recursive: true })
    const { exitCode, output } = await runCommand('mount', ['-t', type, '-o', options, type, folder], {
      allowFailure: true,
    })
    if (exitCode === 0) continue
    throw new SetupError(
      `control groups are not mounted, and mounting them on ${folder} failed: ${output.trim()}`,
      'run where control groups are mounted: a machine with an init system, or a container started with --privileged',
    )
  }
}

/**
 * Unmounts what `ensureCgroups` mounted.
 * @param {{ marker: string }} context
 */
export async function releaseCgroups({ marker }) {
  if (existsSync(marker))
    await runCommand('umount', ['--recursive', '--lazy', FOLDER], { allowFailure: true })
}

/**
 * @param {string} mounts text of /proc/self/mounts
 * @param {string} controllers text of /proc/cgroups (cgroups(7)): name, hierarchy, number of groups, enabled
 * @returns {{ type: string, options: string, folder: string }[]} what to mount, in order; empty: all is there
 */
export function planCgroups(mounts, controllers) {
  const mounted = mounts.split('\n').map(line => line.split(' '))
  if (mounted.some(([, folder, type]) => folder === FOLDER && type === 'cgroup2')) return []
  const bound = mounted
    .filter(([, , type]) => type === 'cgroup')
    .flatMap(([, , , options]) => options?.split(',') ?? [])
  if (NEEDED.every(name => bound.includes(name))) return []
  const known = controllers
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(/\s+/))
  const isVersion1 = known.some(([, hierarchy]) => hierarchy !== '0')
  if (!isVersion1) return [{ type: 'cgroup2', options: 'nosuid,nodev,noexec', folder: FOLDER }]
  const enabled = known.filter(([, , , on]) => on === '1').map(([name]) => name ?? '')
  return [
    { type: 'tmpfs', options: 'mode=755', folder: FOLDER },
    ...enabled.map(name => ({ type: 'cgroup', options: name, folder: `${FOLDER}/${name}` })),
  ]
}
