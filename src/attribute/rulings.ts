import type { AuditFinding } from '../model/audit.js'
import type { Cause } from '../model/finding.js'
import type { Target } from '../model/target.js'
import { sayPlatforms } from './draft.js'
import type { TargetEvidence } from './evidence.js'
import type { Ruling } from './table.js'
import { nameEmulator, platformsOf } from './world.js'

/** A ruling turned into a cause, with what to do next. */
export interface Judgement {
  readonly cause: Cause
  readonly masked: boolean
  readonly advice: string
}

/** What is known beside the ruling itself. */
export interface RulingFacts {
  /** The bad targets of the platforms that share the ruling. */
  readonly targets: readonly Target[]
  readonly evidence: readonly TargetEvidence[]
  /** Static findings about what the check touches, for each of `targets`. */
  readonly statics: readonly (readonly AuditFinding[])[]
  /** True where the image itself has one platform. */
  readonly singlePlatform: boolean
  /** `fails` or `differs`. */
  readonly verb: 'fails' | 'differs'
}

/** Turns a ruling into a cause. Only `evidence` looks at signatures and static findings: elsewhere the table decides. */
export function judgeRuling(ruling: Ruling, facts: RulingFacts): Judgement {
  const plain = sayPlatforms(platformsOf(facts.targets))
  switch (ruling) {
    case 'everywhere':
      return decide(
        'image',
        'It fails on every platform that ran it, so no platform is to blame: look at the image, or at what the check expects.',
      )
    case 'alone':
      return judgeAlone(facts)
    case 'native':
    case 'native-masked':
      return {
        ...decide(
          'architecture',
          `It ${facts.verb} natively on ${plain} while another platform is right natively: look at this platform's build and its native dependencies.`,
        ),
        masked: ruling === 'native-masked',
      }
    case 'native-against-emulated':
    case 'native-against-emulated-masked':
      return {
        ...decide(
          'unattributed',
          `It ${facts.verb} natively on ${plain} and not on the platforms that were emulated. An emulator can hide a fault that every platform has: run another platform on a native host to decide it.`,
        ),
        masked: ruling === 'native-against-emulated-masked',
      }
    case 'emulated-only':
      return decide(
        'emulation',
        `On native hardware of ${plain} it is right, so ${nameEmulators(facts.targets)} is to blame: users are not affected. Run this check natively, or try another version of the emulator.`,
      )
    case 'hosts-disagree':
      return decide(
        'unattributed',
        `Native hosts of ${plain} disagree: compare their kernels, CPUs and engines.`,
      )
    case 'evidence':
      return judgeEvidence(facts)
  }
}

function decide(cause: Cause, advice: string): Judgement {
  return { cause, masked: false, advice }
}

function judgeAlone(facts: RulingFacts): Judgement {
  const native = facts.targets.some(target => target.execution === 'native')
  if (native && facts.singlePlatform) {
    return decide(
      'image',
      'The image has one platform and it ran natively, so neither another platform nor an emulator can be to blame: look at the image, or at what the check expects.',
    )
  }
  const plain = sayPlatforms(platformsOf(facts.targets))
  const need = native ? 'Run another platform of the image' : `Run it on a native ${plain} host`
  return decide(
    'unattributed',
    `Only ${plain} decided this check, so there is nothing to compare it with. ${need}.`,
  )
}

function judgeEvidence(facts: RulingFacts): Judgement {
  const matches = facts.evidence.flatMap(one =>
    one.signature === undefined ? [] : [one.signature.signature],
  )
  const signature = matches[0]
  if (signature !== undefined && signature.cause !== 'needs-more')
    return decide(signature.cause, signature.advice)
  const [known] = facts.statics[0] ?? []
  // Every one of the targets must have such a file: what explains one of them need not explain another.
  if (known !== undefined && facts.statics.every(findings => findings.length > 0)) {
    return decide('architecture', known.advice)
  }
  const plain = sayPlatforms(platformsOf(facts.targets))
  const native = `Seen only under ${nameEmulators(facts.targets)}, so it may be the emulator or this platform's build. A native host for ${plain} decides it.`
  return decide('unattributed', signature === undefined ? native : `${signature.advice} ${native}`)
}

function nameEmulators(targets: readonly Target[]): string {
  const names = [...new Set(targets.filter(target => target.execution === 'emulated').map(nameEmulator))]
  return names.length > 3 || names.length === 0 ? 'emulation' : names.join(', ')
}
