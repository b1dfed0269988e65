import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findBinfmtHandler } from '../hosts/binfmt.js'
import { makeProbeProgram, PROBE_EXIT_CODE } from '../hosts/probe-program.js'
import { isSecondMode } from '../hosts/second-mode.js'
import type { HostFacts } from '../model/host.js'
import type { Platform } from '../model/platform.js'
import type { Emulator, Execution } from '../model/target.js'

/** Whether and how a host can run a platform's programs, with the evidence in words. */
export type Capability =
  | {
      readonly runs: true
      readonly execution: Execution
      readonly emulator?: Emulator
      readonly reason: string
      /** CPU time of the test program, in milliseconds, where it was measured. */
      readonly cpuTimeMs?: number
    }
  | { readonly runs: false; readonly code: string; readonly reason: string; readonly fix?: string }

/** Starts a program of that architecture on the host and tells whether it ran; injected in tests. */
export type Prove = (architecture: string) => Promise<ProofResult>
export interface ProofResult {
  readonly ran: boolean
  readonly detail: string
}

/**
 * Decides from evidence how a host runs a platform: the engine's architecture, the kernel's binfmt_misc
 * registrations matched against a real program of that platform, and that program's start. An architecture
 * for which there is no such program, or a host whose kernel cannot be seen, is judged by what is left, and
 * the reason says so.
 */
export async function judgeCapability(
  facts: HostFacts,
  platform: Platform,
  prove: Prove,
): Promise<Capability> {
  if (platform.os !== 'linux') {
    return { runs: false, code: 'not-linux', reason: `${platform.os} images do not run on a Linux engine` }
  }
  const program = makeProbeProgram(platform.architecture)
  const own = platform.architecture === facts.architecture
  const level = own ? await findMissingLevel(platform) : undefined
  if (level !== undefined) return { runs: false, code: 'cpu-level', reason: level }
  if (own) return { runs: true, execution: 'native', reason: `the host is ${facts.architecture}` }
  const handler = program && findBinfmtHandler(facts.handlers, program)
  if (program === undefined) return judgeUnknownArchitecture(facts, platform)
  if (!facts.sameKernel) return judgeFromAfar(facts, platform)
  const proof = await prove(platform.architecture)
  if (handler === undefined) {
    // Without sight of the handlers, only the CPU's own second instruction set can be told from an emulator.
    if (proof.ran && (facts.handlersKnown || isSecondMode(facts.architecture, platform.architecture))) {
      return {
        runs: true,
        execution: 'native',
        reason: `the ${facts.architecture} kernel runs ${platform.architecture} programs itself`,
      }
    }
    if (proof.ran) {
      return {
        runs: true,
        execution: 'emulated',
        emulator: { name: 'unknown' },
        reason: 'a test program ran, under a handler that cannot be seen: binfmt_misc is not mounted here',
      }
    }
    return { runs: false, code: 'no-handler', ...explainNoHandler(facts, platform) }
  }
  const { name, version, interpreter, flags } = handler
  const emulator: Emulator = { name, interpreter, flags, ...(version === undefined ? {} : { version }) }
  const shown = version === undefined ? name : `${name} ${version}`
  if (!proof.ran) {
    return {
      runs: false,
      code: 'emulator-broken',
      reason: `${shown} is registered for ${platform.architecture}, but a test program did not run: ${proof.detail}`,
      fix: adviseOnHandlers(platform),
    }
  }
  return {
    runs: true,
    execution: 'emulated',
    emulator,
    reason: `${shown} (flags ${flags || 'none'}) ran a test program`,
  }
}

function explainNoHandler(facts: HostFacts, platform: Platform): { reason: string; fix: string } {
  const why = facts.handlersKnown
    ? `no enabled binfmt_misc handler on host ${facts.name} matches ${platform.architecture} programs`
    : `binfmt_misc is not mounted on host ${facts.name}, so it has no emulator for ${platform.architecture}`
  return { reason: why, fix: adviseOnHandlers(platform) }
}

function adviseOnHandlers(platform: Platform): string {
  return `Debian/Ubuntu: sudo apt-get install qemu-user-static binfmt-support; elsewhere: docker run --privileged --rm tonistiigi/binfmt --install ${platform.architecture}`
}

function judgeUnknownArchitecture(facts: HostFacts, platform: Platform): Capability {
  const handler = facts.handlers.find(each => each.enabled && each.name === `qemu-${platform.architecture}`)
  if (handler === undefined) return { runs: false, code: 'no-handler', ...explainNoHandler(facts, platform) }
  const { name, version, interpreter, flags } = handler
  return {
    runs: true,
    execution: 'emulated',
    emulator: { name, interpreter, flags, ...(version === undefined ? {} : { version }) },
    reason: `${name} is registered; not proven, since there is no test program for ${platform.architecture}`,
  }
}

/** A kernel that cannot be seen (a virtual machine, another host): what runs shows at the first program. */
function judgeFromAfar(facts: HostFacts, platform: Platform): Capability {
  const reason = `assumed, since the kernel of host ${facts.name} cannot be read from here; the first program shows it`
  return isSecondMode(facts.architecture, platform.architecture)
    ? { runs: true, execution: 'native', reason }
    : { runs: true, execution: 'emulated', emulator: { name: 'unknown' }, reason }
}

/** x86-64 levels (x86-64 psABI, "micro-architecture levels"): the flags that tell each from the one below. */
const X86_LEVELS: Readonly<Record<string, readonly string[]>> = {
  v2: ['cx16', 'popcnt', 'sse4_2', 'ssse3'],
  v3: ['avx2', 'bmi1', 'bmi2', 'fma', 'movbe'],
  v4: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
}

async function findMissingLevel(platform: Platform): Promise<string | undefined> {
  const level = platform.architecture === 'amd64' ? platform.variant : undefined
  if (level === undefined || X86_LEVELS[level] === undefined) return undefined
  const flags = /^flags\s*:\s*(.*)$/m
    .exec(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''))?.[1]
    ?.split(' ')
  if (flags === undefined) return undefined
  const needed = Object.entries(X86_LEVELS)
    .filter(([name]) => name <= level)
    .flatMap(([, each]) => each)
  const missing = needed.filter(flag => !flags.includes(flag))
  return missing.length === 0
    ? undefined
    : `this CPU is below x86-64-${level}: it lacks ${missing.join(', ')}`
}

/** Runs the probe program of an architecture as a process of this machine. */
export async function proveOnThisKernel(architecture: string): Promise<ProofResult> {
  const program = makeProbeProgram(architecture)
  if (program === undefined) return { ran: false, detail: 'there is no test program for it' }
  const directory = await mkdtemp(path.join(tmpdir(), 'archparity-probe-'))
  try {
    const file = path.join(directory, 'probe')
    await writeFile(file, program, { mode: 0o755 })
    return await new Promise(resolve => {
      execFile(file, { timeout: 10_000 }, (error, _, stderr) => {
        const code = (error as { code?: number | string } | null)?.code
        const detail = stderr.trim().split('\n')[0] || (error?.message.split('\n')[0] ?? 'it exited 0')
        resolve({ ran: code === PROBE_EXIT_CODE, detail })
      })
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
