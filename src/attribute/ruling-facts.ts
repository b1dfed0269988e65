import type { RunRecord } from '../compare/run-record.js'
import type { AuditFinding } from '../model/audit.js'
import type { Cause, Evidence } from '../model/finding.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import type { TargetEvidence } from './evidence.js'
import { isLeg } from './table.js'
import { joinNames, nameEmulator, platformsOf } from './world.js'

/** A ruling turned into a cause, with what to do next. */
export interface Judgement {
  readonly cause: Cause
  readonly advice: string
  /** Emulated targets that hide a fault which is there natively. */
  readonly maskedBy?: readonly Target[]
  /** What the cause rests on beside what the bad targets show themselves. */
  readonly evidence?: readonly Evidence[]
}

/** What is known beside the ruling itself. */
export interface RulingFacts {
  /** The bad targets that share the ruling, with what they show. */
  readonly members: readonly TargetEvidence[]
  /** Legs that repeat it. */
  readonly legs: readonly TargetEvidence[]
  /** All bad legs of this check, also those that are findings of their own. */
  readonly otherLegs: readonly TargetEvidence[]
  /** Static findings about what the check touches, for each of `members`. */
  readonly statics: readonly (readonly AuditFinding[])[]
  /** All targets on which it is as it should be. */
  readonly good: readonly Target[]
  readonly record: RunRecord
  /** `fails` or `differs`. */
  readonly verb: 'fails' | 'differs'
}

/** The bad targets. */
export function targetsOf(facts: RulingFacts): Target[] {
  return facts.members.map(member => member.target)
}

/** The bad targets that ran natively. */
export function listNative(facts: RulingFacts): TargetEvidence[] {
  return facts.members.filter(member => member.target.execution === 'native')
}

/** The CPUs of the hosts on which it is bad natively. */
export function describeCpus(facts: RulingFacts): Evidence[] {
  return listNative(facts).flatMap(({ target }) => {
    const cpu = facts.record.hosts.find(host => host.name === target.host)?.cpuModel
    if (cpu === undefined) return []
    const text = `the CPU of ${target.host} is ${cpu}`
    return [
      { kind: 'host-fact' as const, target: target.id, text, data: { host: target.host, cpuModel: cpu } },
    ]
  })
}

/** Emulated under the CPU that the emulator chooses by itself. */
export function isPlainEmulated(target: Target): boolean {
  return target.execution === 'emulated' && !isLeg(target)
}

/** The emulated targets of the bad platforms on which it is right. */
export function listMasks(facts: RulingFacts): Target[] {
  const platforms = platformsOf(targetsOf(facts))
  return facts.good.filter(
    target => isPlainEmulated(target) && platforms.includes(formatPlatform(target.platform)),
  )
}

/** The CPU models of legs. */
export function nameModels(legs: readonly TargetEvidence[]): string {
  return joinNames([...new Set(legs.flatMap(leg => leg.target.emulator?.cpu ?? []))])
}

/** What shows that a CPU model is too small: the same emulator is right without it. */
export function describeLevel(legs: readonly TargetEvidence[], facts: RulingFacts): Evidence[] {
  return legs.map(({ target }) => {
    const platform = formatPlatform(target.platform)
    const rightOn = facts.good
      .filter(good => isPlainEmulated(good) && formatPlatform(good.platform) === platform)
      .map(good => good.id)
    return {
      kind: 'executed',
      target: target.id,
      text: `needs more than ${target.emulator?.cpu}: under the CPU that ${nameEmulator(target)} chooses by itself it is right`,
      data: { needsMoreThan: target.emulator?.cpu, rightOn, emulator: target.emulator },
    }
  })
}

/** Legs that are right where the emulator's own choice of CPU is not. */
export function describeGoodLegs(facts: RulingFacts): Evidence[] {
  const platforms = platformsOf(targetsOf(facts))
  return facts.good
    .filter(target => isLeg(target) && platforms.includes(formatPlatform(target.platform)))
    .map(target => ({
      kind: 'executed',
      target: target.id,
      text: `it is right under the CPU model ${target.emulator?.cpu}`,
      data: { emulator: target.emulator },
    }))
}

/** Which emulator, in which version and with which flags of its registration, on which host. */
export function describeEmulators(facts: RulingFacts): Evidence[] {
  const platforms = platformsOf(targetsOf(facts))
  const right = facts.good.filter(
    target => isPlainEmulated(target) && platforms.includes(formatPlatform(target.platform)),
  )
  return [...targetsOf(facts), ...right].flatMap(target => {
    if (target.emulator === undefined) return []
    const { flags } = target.emulator
    const registered = flags === undefined ? '' : `, registered with the flags ${flags || 'none'}`
    const verdict = right.includes(target) ? 'right' : 'not right'
    return [
      {
        kind: 'host-fact' as const,
        target: target.id,
        text: `${verdict} under ${nameEmulator(target)}${registered} on ${target.host}`,
        data: { emulator: target.emulator, host: target.host },
      },
    ]
  })
}

/** The emulators of the bad targets, or `emulation` where they are many. */
export function nameEmulators(facts: RulingFacts): string {
  const emulated = targetsOf(facts).filter(target => target.execution === 'emulated')
  const names = [...new Set(emulated.map(nameEmulator))]
  return names.length > 3 || names.length === 0 ? 'emulation' : names.join(', ')
}
