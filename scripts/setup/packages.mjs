// @ts-check
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { findCommand } from './find-command.mjs'
import { runCommand } from './run-command.mjs'
import { say } from './say.mjs'
import { SetupError } from './setup-error.mjs'

/**
 * A Debian package that is wanted for a program that it brings.
 * @typedef {{ command: string, package: string }} Requirement
 */

const POLICY = '/usr/sbin/policy-rc.d'

/**
 * Installs the packages whose programs are missing, all with one call of apt-get.
 * @param {readonly Requirement[]} requirements
 * @param {{ machine: import('./machine.mjs').Machine, undo: import('./undo-stack.mjs').UndoStack, signal?: AbortSignal }} context
 * @throws {SetupError} naming the programs and the one command, where set-up may not install
 */
export async function ensurePackages(requirements, { machine, undo, signal }) {
  const missing = requirements.filter(requirement => findCommand(requirement.command) === undefined)
  if (missing.length === 0) return
  const names = [...new Set(missing.map(requirement => requirement.package))]
  if (machine.whyNotInstall !== undefined) throw refuse(missing, names, machine)
  say(`installing Debian packages: ${names.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
  const lists = await runCommand('apt-get', ['update'], { env, signal, allowFailure: true })
  const allow = forbidServices(undo)
  try {
    await runCommand(
      'apt-get',
      ['install', '--yes', '--no-install-recommends', '-oDPkg::Lock::Timeout=120', ...names],
      { env, signal },
    )
  } catch (error) {
    // The lists are a cause only where the installation failed too: a broken third-party source does no harm.
    if (lists.exitCode !== 0 && error instanceof SetupError)
      error.message += `\napt-get update said:\n${lists.output}`
    throw error
  } finally {
    allow()
  }
}

/**
 * Packages start their services when they are installed; ours run as private processes that are stopped again.
 * @param {import('./undo-stack.mjs').UndoStack} undo
 * @returns {() => void} takes the policy away
 */
function forbidServices(undo) {
  if (existsSync(POLICY)) return () => {}
  const allow = () => rmSync(POLICY, { force: true })
  undo.add(`remove ${POLICY}`, allow)
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return allow
}

/**
 * @param {readonly Requirement[]} missing
 * @param {readonly string[]} names
 * @param {import('./machine.mjs').Machine} machine
 */
function refuse(missing, names, machine) {
  const programs = missing.map(requirement => requirement.command).join(', ')
  const install = `apt-get install --no-install-recommends ${names.join(' ')}`
  const fix = machine.isDebian
    ? `${machine.isRoot ? '' : 'sudo '}${install}`
    : `install the programs above and put them on the PATH (on Debian: ${install})`
  return new SetupError(`missing here: ${programs} (${machine.whyNotInstall})`, fix)
}
