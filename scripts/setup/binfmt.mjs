// @ts-check
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findCommand } from './find-command.mjs'
import { runCommand } from './run-command.mjs'
import { say } from './say.mjs'
import { SetupError } from './setup-error.mjs'

const FOLDER = '/proc/sys/fs/binfmt_misc'

/** ELF machines (`e_machine`, little end first as in a handler's magic) of the lab's platforms. */
const MACHINES = {
  aarch64: 'b700',
  arm: '2800',
  ppc64le: '1500',
  s390x: '0016',
  x86_64: '3e00',
  i386: '0300',
}
/** Platforms that this CPU runs itself. */
const NATIVE = {
  x64: ['x86_64', 'i386'],
  arm64: ['aarch64'],
  ppc64: ['ppc64le'],
  s390x: ['s390x'],
  arm: ['arm'],
}

/** @type {readonly import('./packages.mjs').Requirement[]} */
export const BINFMT_REQUIREMENTS = [
  { command: 'qemu-aarch64-static', package: 'qemu-user-static' },
  { command: 'update-binfmts', package: 'binfmt-support' },
]

/**
 * Which of the lab's platforms the kernel has no usable handler for. One without flag F is of no use: the kernel
 * would look for the emulator inside the container.
 * @returns {string[]} QEMU's names, for example `aarch64`
 */
export function listMissingHandlers(folder = FOLDER, cpu = process.arch) {
  const handlers = existsSync(path.join(folder, 'register')) ? readHandlers(folder) : []
  const native = /** @type {Record<string, string[] | undefined>} */ (NATIVE)[cpu] ?? []
  return Object.entries(MACHINES)
    .filter(([name]) => !native.includes(name))
    .filter(([, machine]) => !handlers.some(text => isUsable(text, machine)))
    .map(([name]) => name)
}

/** @param {string} folder */
function readHandlers(folder) {
  const names = readdirSync(folder).filter(name => name !== 'register' && name !== 'status')
  return names.map(name => readFileSync(path.join(folder, name), 'utf8'))
}

/**
 * @param {string} text of one handler, as the kernel shows it (kernel documentation, admin-guide/binfmt-misc)
 * @param {string} machine
 */
function isUsable(text, machine) {
  const magic = /^magic ([0-9a-f]+)$/m.exec(text)?.[1] ?? ''
  const flags = /^flags: ?(\S*)$/m.exec(text)?.[1] ?? ''
  return (
    text.startsWith('enabled') &&
    flags.includes('F') &&
    magic.startsWith('7f454c46') &&
    magic.slice(36, 40) === machine
  )
}

/**
 * Registers QEMU for the platforms that have no handler. The packages must be there (BINFMT_REQUIREMENTS). Handlers
 * belong to the kernel and stay, as those of the packages do.
 * @param {{ machine: import('./machine.mjs').Machine }} context
 * @throws {SetupError} naming the platforms that have none in the end
 */
export async function ensureBinfmt({ machine }) {
  if (listMissingHandlers().length === 0) return
  if (!machine.isRoot || machine.platform !== 'linux') {
    const fix =
      'sudo apt-get install qemu-user-static binfmt-support, or docker run --privileged --rm tonistiigi/binfmt --install all'
    throw new SetupError(
      `no QEMU handler for ${listMissingHandlers().join(', ')}, and only root may register one`,
      fix,
    )
  }
  await mountBinfmt()
  if (listMissingHandlers().length === 0) return
  say(`registering QEMU for ${listMissingHandlers().join(', ')}`)
  const updateBinfmts = findCommand('update-binfmts')
  if (updateBinfmts) await runCommand(updateBinfmts, ['--enable'], { allowFailure: true })
  for (const name of listMissingHandlers()) registerFromPackage(name)
  const missing = listMissingHandlers()
  if (missing.length === 0) return
  throw new SetupError(
    `the kernel has no QEMU handler for ${missing.join(', ')}`,
    'apt-get install --reinstall qemu-user-static binfmt-support',
  )
}

async function mountBinfmt() {
  if (existsSync(path.join(FOLDER, 'register'))) return
  say(`mounting binfmt_misc on ${FOLDER}`)
  const modprobe = findCommand('modprobe')
  if (!existsSync(FOLDER) && modprobe) await runCommand(modprobe, ['binfmt_misc'], { allowFailure: true })
  const { exitCode, output } = await runCommand('mount', ['-t', 'binfmt_misc', 'binfmt_misc', FOLDER], {
    allowFailure: true,
  })
  if (exitCode === 0) return
  throw new SetupError(
    `binfmt_misc cannot be mounted: ${output.trim()}`,
    'use a kernel with CONFIG_BINFMT_MISC, and a machine that may mount',
  )
}

/**
 * The package describes its handlers for systemd (binfmt.d(5)); a machine without it registers them by hand.
 * @param {string} name
 */
function registerFromPackage(name) {
  const file = `/usr/lib/binfmt.d/qemu-${name}.conf`
  const line = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .find(text => text.startsWith(':'))
    : undefined
  if (line === undefined || existsSync(path.join(FOLDER, `qemu-${name}`))) return
  writeFileSync(path.join(FOLDER, 'register'), line)
}
