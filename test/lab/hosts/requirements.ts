import { existsSync } from 'node:fs'
import { findCommand } from '../../../scripts/setup/find-command.mjs'
import { readMachine } from '../../../scripts/setup/machine.mjs'
import { ensurePackages, type Requirement } from '../../../scripts/setup/packages.mjs'
import { createUndoStack } from '../../../scripts/setup/undo-stack.mjs'
import { holdLock } from '../lock.js'
import { findLabFolder } from '../places.js'
import { listHierarchies } from './control-groups.js'
import { MACHINES, type MachineName } from './machine-recipes.js'

export type HostKind = 'ssh' | 'tls' | 'podman' | `machine-${MachineName}`

/** Patience for `beforeAll`: the first start on a machine installs packages and builds what is kept. */
export const HOST_START_MS = 400_000

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

const ROOT: readonly Requirement[] = [{ command: 'mmdebstrap', package: 'mmdebstrap' }]
const SSH: readonly Requirement[] = [{ command: 'ssh', package: 'openssh-client' }]
const NAMESPACE: readonly Requirement[] = [
  { command: 'slirp4netns', package: 'slirp4netns' },
  { command: 'mke2fs', package: 'e2fsprogs' },
  { command: 'unshare', package: 'util-linux' },
  { command: 'mount', package: 'mount' },
]

const REQUIREMENTS: Readonly<Record<HostKind, readonly Requirement[]>> = {
  ssh: [...ROOT, ...SSH, ...NAMESPACE],
  tls: [...ROOT, ...NAMESPACE, { command: 'openssl', package: 'openssl' }],
  podman: [
    ...NAMESPACE,
    { command: 'podman', package: 'podman' },
    // Podman's `init` of a container (HostConfig.Init).
    { command: 'catatonit', package: 'catatonit' },
    { command: 'iptables', package: 'iptables' },
  ],
  'machine-arm64': listForMachine('arm64'),
  'machine-s390x': listForMachine('s390x'),
}

function listForMachine(name: MachineName): readonly Requirement[] {
  return [
    ...[...ROOT, ...SSH, MACHINES[name].qemu],
    { command: 'qemu-img', package: 'qemu-utils' },
    { command: 'mke2fs', package: 'e2fsprogs' },
    { command: 'depmod', package: 'kmod' },
    { command: 'cpio', package: 'cpio' },
  ]
}

const told = new Set<string>()

/**
 * Why this machine cannot have such a host, said on stderr too, so that tests are not left out in silence; undefined
 * where it can. Only root on Debian can: the rest of the tests need no host.
 */
export async function findHostProblem(kind: HostKind): Promise<string | undefined> {
  const problem = explainProblem(kind)
  const line = `lab: no ${kind} host here: ${problem}\n`
  if (problem !== undefined && !told.has(line)) process.stderr.write(line)
  told.add(line)
  return problem
}

function explainProblem(kind: HostKind): string | undefined {
  const machine = readMachine()
  if (!machine.isDebian || !existsSync(KEYRING)) return 'only Debian can build it'
  if (!machine.isRoot) return 'only root can build and start it'
  const missing = REQUIREMENTS[kind].filter(({ command }) => findCommand(command) === undefined)
  if (missing.length > 0 && machine.whyNotInstall !== undefined)
    return `${missing.map(one => one.command).join(', ')} missing, and ${machine.whyNotInstall}`
  if (kind.startsWith('machine-')) return undefined
  return listHierarchies().length === 0 ? 'control groups are not mounted' : undefined
}

/** Installs what a host needs and this machine lacks. Test files that run side by side take turns: apt has one lock. */
export async function ensureRequirements(kind: HostKind): Promise<void> {
  const requirements = REQUIREMENTS[kind]
  if (requirements.every(({ command }) => findCommand(command) !== undefined)) return
  const undo = createUndoStack()
  try {
    await holdLock(findLabFolder('hosts/packages'), () =>
      ensurePackages(requirements, { machine: readMachine(), undo }),
    )
  } finally {
    await undo.undoAll()
  }
}
