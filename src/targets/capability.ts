import { findBinfmtHandler } from '../hosts/binfmt.js'
import { sharesCpu } from '../hosts/cpu-family.js'
import { makeProbeProgram } from '../hosts/probe-program.js'
import type { ProbeReport } from '../hosts/probe-report.js'
import type { ProofResult, Prove } from '../hosts/proof.js'
import type { BinfmtHandler, HostFacts } from '../model/host.js'
import type { Platform } from '../model/platform.js'
import type { Emulator, Execution } from '../model/target.js'
import { findMissingLevel } from './cpu-level.js'

/** Whether and how a host can run a platform's programs, with the evidence in words. */
export type Capability =
  | {
      readonly runs: true
      readonly execution: Execution
      readonly emulator?: Emulator
      readonly reason: string
      /** CPU time of a fixed loop, in milliseconds: against that of a native platform, roughly how slow it is. */
      readonly cpuTimeMs?: number
      /** Bytes of a page, as this platform's programs are told on this host. */
      readonly pageSize?: number
    }
  | { readonly runs: false; readonly code: string; readonly reason: string; readonly fix?: string }

type Way = Pick<Extract<Capability, { runs: true }>, 'execution' | 'emulator' | 'reason'>

/**
 * Decides from evidence how a host runs a platform: the engine's architecture, the kernel's binfmt_misc
 * registrations matched against a real program of that platform, that program's start, and what it reports of
 * its start. An architecture for which there is no such program, or a host on which it could not be tried, is
 * judged by what is left, and the reason says so.
 */
export async function judgeCapability(
  facts: HostFacts,
  platform: Platform,
  prove: Prove,
): Promise<Capability> {
  const { os, architecture } = platform
  if (os !== 'linux')
    return { runs: false, code: 'not-linux', reason: `${os} images do not run on a Linux engine` }
  const own = architecture === facts.architecture
  const level = own ? findMissingLevel(platform, facts.cpuFeatures) : undefined
  if (level !== undefined) return { runs: false, code: 'cpu-level', reason: level }
  const program = makeProbeProgram(architecture)
  if (program === undefined)
    return own ? { runs: true, ...trustEngine(facts) } : judgeUnproven(facts, platform)
  const proof = await prove(architecture)
  const handler = own ? undefined : findBinfmtHandler(facts.handlers, program)
  if (!proof.ran) {
    if (own) return { runs: true, ...trustEngine(facts, `; not proven: ${proof.detail}`) }
    return proof.inconclusive === true
      ? { runs: true, ...assume(facts, platform, proof) }
      : explainFailure(facts, platform, handler, proof)
  }
  const { report } = proof
  return {
    runs: true,
    ...(own ? judgeOwn(facts, report) : judgeForeign(facts, platform, handler, report)),
    ...(report === undefined ? {} : { cpuTimeMs: report.cpuTimeMs }),
    ...(report?.pageSize === undefined ? {} : { pageSize: report.pageSize }),
  }
}

function trustEngine(facts: HostFacts, doubt = ''): Way {
  return { execution: 'native', reason: `the host is ${facts.architecture}${doubt}` }
}

/** An engine may itself run under an emulator, and then calls the emulated architecture its own. */
function judgeOwn(facts: HostFacts, report: ProbeReport | undefined): Way {
  return report?.emulated === true ? runUnderQemu() : trustEngine(facts)
}

function judgeForeign(
  facts: HostFacts,
  platform: Platform,
  handler: BinfmtHandler | undefined,
  report: ProbeReport | undefined,
): Way {
  // What the kernel was seen to hand these programs to is stronger evidence than what they see themselves.
  if (handler !== undefined) {
    const emulator = describeHandler(handler)
    const reason = `${nameHandler(handler)} (flags ${handler.flags || 'none'}) ran a test program`
    return { execution: 'emulated', emulator, reason }
  }
  if (report?.emulated === true) return runUnderQemu()
  const { architecture } = platform
  if (!sharesCpu(facts.architecture, architecture)) {
    // Whatever it looks like from inside: no CPU of that kind has these instructions.
    const reason = `a test program ran, by a translator that cannot be seen: no ${facts.architecture} CPU runs ${architecture}`
    return { execution: 'emulated', emulator: { name: 'unknown' }, reason }
  }
  const seen = facts.handlersKnown || report?.emulated === false
  const reason = seen
    ? `the ${facts.architecture} kernel runs ${architecture} programs itself`
    : `a test program ran, and nothing tells of an emulator, since no handler can be seen on host ${facts.name}`
  return { execution: 'native', reason }
}

function runUnderQemu(): Way {
  const reason = 'a test program ran, and saw that QEMU had started it'
  return { execution: 'emulated', emulator: { name: 'unknown' }, reason }
}

function explainFailure(
  facts: HostFacts,
  platform: Platform,
  handler: BinfmtHandler | undefined,
  proof: ProofResult,
): Capability {
  const fix = adviseOnHandlers(platform)
  if (handler === undefined) {
    const reason = facts.sameKernel
      ? explainNoHandler(facts, platform)
      : `host ${facts.name} does not start ${platform.architecture} programs: ${proof.detail}`
    return { runs: false, code: 'no-handler', reason, fix }
  }
  return {
    runs: false,
    code: 'emulator-broken',
    reason: `${nameHandler(handler)} is registered for ${platform.architecture}, but a test program did not run: ${proof.detail}`,
    fix,
  }
}

function explainNoHandler(facts: HostFacts, platform: Platform): string {
  if (!facts.handlersKnown && !facts.sameKernel && facts.kind !== 'ssh')
    return `no handler can be seen on host ${facts.name}, and there is no test program for ${platform.architecture}`
  return facts.handlersKnown
    ? `no enabled binfmt_misc handler on host ${facts.name} matches ${platform.architecture} programs`
    : `binfmt_misc is not mounted on host ${facts.name}, so it has no emulator for ${platform.architecture}`
}

function adviseOnHandlers(platform: Platform): string {
  return `Debian/Ubuntu: sudo apt-get install qemu-user-static binfmt-support; elsewhere: docker run --privileged --rm tonistiigi/binfmt --install ${platform.architecture}`
}

/** An architecture that there is no test program for. */
function judgeUnproven(facts: HostFacts, platform: Platform): Capability {
  const handler = facts.handlers.find(each => each.enabled && each.name === `qemu-${platform.architecture}`)
  if (handler === undefined) {
    const reason = explainNoHandler(facts, platform)
    return { runs: false, code: 'no-handler', reason, fix: adviseOnHandlers(platform) }
  }
  return {
    runs: true,
    execution: 'emulated',
    emulator: describeHandler(handler),
    reason: `${handler.name} is registered; not proven, since there is no test program for ${platform.architecture}`,
  }
}

function describeHandler({ name, version, interpreter, flags }: BinfmtHandler): Emulator {
  return { name, interpreter, flags, ...(version === undefined ? {} : { version }) }
}

function nameHandler({ name, version }: BinfmtHandler): string {
  return version === undefined ? name : `${name} ${version}`
}

/** Nothing could be tried: what runs shows at the first program. */
function assume(facts: HostFacts, platform: Platform, proof: ProofResult): Way {
  const reason = `assumed, since no test program could be tried on host ${facts.name} (${proof.detail}); the first program shows it`
  return sharesCpu(facts.architecture, platform.architecture)
    ? { execution: 'native', reason }
    : { execution: 'emulated', emulator: { name: 'unknown' }, reason }
}
