import { findBinfmtHandler } from '../hosts/binfmt.js'
import { sharesCpu } from '../hosts/cpu-family.js'
import { makeProbeProgram } from '../hosts/probe-program.js'
import type { BinfmtHandler } from '../model/host.js'
import { formatPlatform, type Platform } from '../model/platform.js'
import type { Mend } from './advice.js'
import type { JudgedPlatform, KnownHost } from './known-host.js'
import { hasShell } from './place-command.js'

/** Distributions whose qemu-user-static registers every emulator with flag F. */
const DEBIAN = /^(?:Debian|Ubuntu|Raspbian|Linux Mint|Pop!_OS)\b/i
/** Its image registers emulators with flags C and F (tonistiigi/binfmt, cmd/binfmt/main.go). */
const BINFMT_IMAGE = 'run --privileged --rm tonistiigi/binfmt'

/** Platforms of other CPUs than the host's own: what it can only emulate. */
export function listForeign({ facts, platforms }: KnownHost): JudgedPlatform[] {
  return platforms.filter(({ platform }) => !sharesCpu(facts.architecture, platform.architecture))
}

/** Platforms that nothing starts, though nothing is broken. */
export function listMissing(host: KnownHost): Platform[] {
  return host.platforms
    .filter(({ capability }) => !capability.runs && capability.code === 'no-handler')
    .map(({ platform }) => platform)
}

/** The handler that the kernel gives the platform's programs to. */
export function findHandler({ facts }: KnownHost, platform: Platform): BinfmtHandler | undefined {
  const program = makeProbeProgram(platform.architecture)
  return program === undefined ? undefined : findBinfmtHandler(facts.handlers, program)
}

/** The handler that the kernel would give them to, were it not disabled. */
export function findDisabledHandler({ facts }: KnownHost, platform: Platform): BinfmtHandler | undefined {
  const program = makeProbeProgram(platform.architecture)
  const disabled = facts.handlers
    .filter(handler => !handler.enabled)
    .map(handler => ({ ...handler, enabled: true }))
  return program === undefined ? undefined : findBinfmtHandler(disabled, program)
}

/** How emulators get onto the host; undefined where no command is known that would do it. */
export function installEmulators(host: KnownHost, platforms: readonly Platform[]): { mend?: Mend } {
  if (hasShell(host) && DEBIAN.test(host.facts.operatingSystem))
    return { mend: { shell: 'sudo apt-get install -y qemu-user-static binfmt-support' } }
  return useImage(host, `--install ${listArchitectures(platforms)}`)
}

/** How handlers are registered anew: with flags C and F, and with an emulator of the newest release. */
export function replaceEmulators(
  host: KnownHost,
  handlers: readonly Pick<BinfmtHandler, 'name'>[],
  platforms: readonly Platform[],
): { mend?: Mend } {
  const names = [...new Set(handlers.map(handler => handler.name))]
  // A name is whatever the host says: one that is no plain word has no place in a command.
  if (names.length === 0 || names.some(name => !/^[\w.-]{1,64}$/.test(name))) return {}
  return useImage(host, `--uninstall ${names.join(',')} --install ${listArchitectures(platforms)}`)
}

/** A rootless engine has no right to register anything. */
function useImage({ facts }: KnownHost, flags: string): { mend?: Mend } {
  return facts.engine.rootless ? {} : { mend: { engine: `${BINFMT_IMAGE} ${flags}` } }
}

function listArchitectures(platforms: readonly Platform[]): string {
  return [...new Set(platforms.map(platform => platform.architecture))].join(',')
}

/** `linux/arm64, linux/s390x`, in the order that they have. */
export function nameAll(platforms: readonly Platform[]): string {
  return platforms.map(formatPlatform).join(', ')
}

/** `qemu-arm, qemu-aarch64`, each once. */
export function nameHandlers(handlers: readonly Pick<BinfmtHandler, 'name'>[]): string {
  return [...new Set(handlers.map(handler => handler.name))].join(', ')
}
