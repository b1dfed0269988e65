import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listMissingHandlers } from '../../scripts/setup/binfmt.mjs'
import { chooseSubnet } from '../../scripts/setup/bridge.mjs'
import { planCgroups } from '../../scripts/setup/cgroups.mjs'
import { listMountsBelow } from '../../scripts/setup/mounts.mjs'

const CONTROLLERS = ['cpuset', 'cpu', 'memory', 'devices', 'pids']
const describeControllers = (hierarchy: string) =>
  [
    '#subsys_name\thierarchy\tnum_cgroups\tenabled',
    ...CONTROLLERS.map(name => `${name}\t${hierarchy}\t1\t1`),
    'rdma\t0\t1\t0',
    '',
  ].join('\n')
const mountVersion1 = (names: readonly string[]) =>
  names.map(name => `cgroup /sys/fs/cgroup/${name} cgroup rw,relatime,${name} 0 0`).join('\n')

test('control groups that are mounted are left alone', () => {
  expect(planCgroups('cgroup2 /sys/fs/cgroup cgroup2 rw 0 0', describeControllers('0'))).toEqual([])
  expect(planCgroups(mountVersion1(CONTROLLERS), describeControllers('4'))).toEqual([])
})

test('a bare machine gets version 2', () => {
  const [only, ...rest] = planCgroups('proc /proc proc rw 0 0', describeControllers('0'))
  expect([only?.type, only?.folder, rest]).toEqual(['cgroup2', '/sys/fs/cgroup', []])
})

test('a kernel that has bound its controllers to version 1 gets version 1', () => {
  const plan = planCgroups('cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0', describeControllers('4'))
  expect(plan.map(({ type, options }) => `${type} ${options}`)).toEqual([
    'tmpfs mode=755',
    ...CONTROLLERS.map(name => `cgroup ${name}`),
  ])
})

test('version 1 without the memory controller is not enough', () => {
  const mounts = mountVersion1(CONTROLLERS.filter(name => name !== 'memory'))
  expect(planCgroups(mounts, describeControllers('4'))).not.toEqual([])
})

test('mounts below a folder come deepest first, and neighbours are not among them', () => {
  const mounts = ['/run/a', '/run/a/exec/netns/1', '/run/a\\040b', '/run/ab', '/run'].map(
    at => `x ${at} tmpfs rw 0 0`,
  )
  expect(listMountsBelow(mounts.join('\n'), ['/run/a'])).toEqual(['/run/a/exec/netns/1', '/run/a'])
  expect(listMountsBelow(mounts.join('\n'), ['/run/a b'])).toEqual(['/run/a b'])
})

test('the bridge avoids networks that this machine is in', () => {
  expect(chooseSubnet(['10.0.0.5'])).toBe('172.31.240.1/24')
  expect(chooseSubnet(['172.31.240.9', '172.31.241.1'])).toBe('172.31.242.1/24')
})

/** A binfmt_misc folder with handlers: name → machine, flags, state. */
function writeHandlers(handlers: Readonly<Record<string, readonly [string, string, string]>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lab-binfmt-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'register'), '')
  writeFileSync(path.join(folder, 'status'), 'enabled\n')
  writeFileSync(
    path.join(folder, 'jar'),
    'enabled\ninterpreter /usr/bin/jexec\nflags: \noffset 0\nmagic 504b0304\n',
  )
  for (const [name, [machine, flags, state]] of Object.entries(handlers)) {
    const magic = `7f454c460201010000000000000000000200${machine}00`
    const text = `${state}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset 0\nmagic ${magic}\n`
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

test('a handler counts where it is enabled, for that machine, and fixed', () => {
  const folder = writeHandlers({
    'qemu-aarch64': ['b700', 'PF', 'enabled'],
    'any-name': ['2800', 'OCF', 'enabled'],
    'qemu-ppc64le': ['1500', 'P', 'enabled'],
    'qemu-s390x': ['0016', 'F', 'disabled'],
  })
  expect(listMissingHandlers(folder, 'x64')).toEqual(['ppc64le', 's390x'])
  expect(listMissingHandlers(folder, 'arm64')).toEqual(['ppc64le', 's390x', 'x86_64', 'i386'])
})

test('without binfmt_misc every foreign platform is missing', () => {
  expect(listMissingHandlers('/does/not/exist', 'x64')).toEqual(['aarch64', 'arm', 'ppc64le', 's390x'])
})
