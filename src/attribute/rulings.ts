import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { type Disagreement, describeHostFacts, judgeDisagreement } from './disagreement.js'
import { sayPlatforms } from './draft.js'
import {
  describeCpus,
  describeEmulators,
  describeGoodLegs,
  describeLevel,
  isPlainEmulated,
  type Judgement,
  listMasks,
  listNative,
  nameEmulators,
  nameModels,
  type RulingFacts,
  targetsOf,
} from './ruling-facts.js'
import type { Ruling } from './table.js'
import { adviseOnTime, exceedsSlowness } from './time-limit.js'
import { platformsOf } from './world.js'

/** Turns a ruling into a cause. Signatures and static findings count only where the table does not decide. */
export function judgeRuling(ruling: Ruling, facts: RulingFacts): Judgement {
  const plain = sayPlatforms(platformsOf(targetsOf(facts)))
  switch (ruling) {
    case 'everywhere':
      return {
        cause: 'image',
        advice:
          'It fails on every platform that ran it, so no platform is to blame: look at the image, or at what the check expects.',
      }
    case 'alone':
      return judgeAlone(facts)
    case 'native':
    case 'native-masked':
      if (ruling === 'native-masked' && listNative(facts).every(member => member.illegalInstruction)) {
        return {
          cause: 'architecture',
          advice: `Natively it dies on ${plain} of an instruction that the CPU does not have, and emulators have the newest CPU unless they are told: build for the platform's baseline, or choose the code by what the CPU has at run time.`,
          maskedBy: listMasks(facts),
          evidence: [...describeCpus(facts), ...describeLevel(facts.legs, facts)],
        }
      }
      return {
        cause: 'architecture',
        advice: `It ${facts.verb} natively on ${plain} while another platform is right natively: look at this platform's build and its native dependencies.`,
        ...(ruling === 'native-masked' ? { maskedBy: listMasks(facts) } : {}),
        evidence: ruling === 'native-masked' ? describeLevel(facts.legs, facts) : [],
      }
    case 'native-against-emulated':
    case 'native-against-emulated-masked':
      return {
        cause: 'unattributed',
        advice: `It ${facts.verb} natively on ${plain} and not on the platforms that were emulated. An emulator can hide a fault that every platform has: run another platform on a native host to decide it.`,
        ...(ruling === 'native-against-emulated-masked' ? { maskedBy: listMasks(facts) } : {}),
      }
    case 'emulated-only':
      return {
        cause: 'emulation',
        advice: `On native hardware of ${plain} it is right, so ${nameEmulators(facts)} is to blame: users are not affected. Run this check natively, or try another version of the emulator.`,
        evidence: describeEmulators(facts),
      }
    case 'hosts-disagree':
      return judgeHosts(facts)
    case 'cpu-level':
      return judgeLevel(facts)
    case 'cpu-against-native':
      return judgeModel(facts)
    case 'slow':
      return judgeSlow(facts)
    case 'cpu-model':
    case 'emulators-disagree':
    case 'evidence':
      return judgeEvidence(ruling, facts)
  }
}

function judgeAlone(facts: RulingFacts): Judgement {
  const native = targetsOf(facts).some(target => target.execution === 'native')
  if (native && facts.record.image?.platforms.length === 1) {
    return {
      cause: 'image',
      advice:
        'The image has one platform and it ran natively, so neither another platform nor an emulator can be to blame: look at the image, or at what the check expects.',
    }
  }
  const plain = sayPlatforms(platformsOf(targetsOf(facts)))
  const need = native ? 'Run another platform of the image' : `Run it on a native ${plain} host`
  return {
    cause: 'unattributed',
    advice: `Only ${plain} decided this check, so there is nothing to compare it with. ${need}.`,
  }
}

/** Out of time, far beyond what slowness explains, on a file that the audit found another one here: it hangs. */
function judgeSlow(facts: RulingFacts): Judgement {
  const [known] = facts.statics[0] ?? []
  const isKnown = known !== undefined && facts.statics.every(findings => findings.length > 0)
  if (isKnown && facts.members.every(exceedsSlowness)) return { cause: 'architecture', advice: known.advice }
  return { cause: 'unattributed', advice: adviseOnTime(facts.members) }
}

function judgeHosts(facts: RulingFacts): Judgement {
  const [platform = ''] = platformsOf(targetsOf(facts))
  const isOwn = (target: Target) => formatPlatform(target.platform) === platform
  const disagreement: Disagreement = {
    bad: facts.members,
    good: facts.good.filter(target => isOwn(target) && target.execution === 'native'),
    legs: facts.otherLegs.filter(
      ({ target }) => isOwn(target) && facts.good.some(good => isOwn(good) && isPlainEmulated(good)),
    ),
    hosts: facts.record.hosts,
    platform,
  }
  const judgement = judgeDisagreement(disagreement)
  return { ...judgement, evidence: [...(judgement.evidence ?? []), ...describeHostFacts(disagreement)] }
}

/** A leg that only its CPU model sets apart from a target that is right. */
function judgeLevel(facts: RulingFacts): Judgement {
  const models = nameModels(facts.members)
  const plain = sayPlatforms(platformsOf(targetsOf(facts)))
  return {
    cause: 'architecture',
    advice: `It is right under the CPU that ${nameEmulators(facts)} chooses by itself and ${facts.verb} under ${models}: build ${plain} for its baseline, or choose the code by what the CPU has at run time.`,
    evidence: describeLevel(facts.members, facts),
  }
}

/** A leg beside a native target that is right: an illegal instruction decides, anything else may be the emulator. */
function judgeModel(facts: RulingFacts): Judgement {
  const models = nameModels(facts.members)
  const signatures = facts.members.map(member => member.signature?.signature)
  if (
    facts.members.every(
      ({ illegalInstruction, signature }) => illegalInstruction || signature?.signature.about === 'cpu',
    )
  ) {
    return {
      cause: 'architecture',
      advice: `It is right natively and dies under ${models} of an instruction that this CPU does not have: build for the platform's baseline, or choose the code by what the CPU has at run time.`,
    }
  }
  const [signature] = signatures
  if (signature?.cause === 'emulation') return { cause: 'emulation', advice: signature.advice }
  return {
    cause: 'unattributed',
    advice: `It is right natively and ${facts.verb} under the CPU model ${models}: this may be the emulator. Run it under the emulator's own choice of CPU as well to decide it.`,
  }
}

function judgeEvidence(ruling: Ruling, facts: RulingFacts): Judgement {
  const more = ruling === 'emulators-disagree' ? describeEmulators(facts) : describeGoodLegs(facts)
  const signature = facts.members.find(member => member.signature !== undefined)?.signature?.signature
  if (signature !== undefined && signature.cause !== 'needs-more')
    return { cause: signature.cause, advice: signature.advice, evidence: more }
  const [known] = facts.statics[0] ?? []
  // Every one of the targets must have such a file: what explains one of them need not explain another.
  const isKnown = known !== undefined && facts.statics.every(findings => findings.length > 0)
  // The same files are right under another emulator, so they do not explain it.
  if (isKnown && ruling !== 'emulators-disagree')
    return { cause: 'architecture', advice: known.advice, evidence: more }
  const plain = sayPlatforms(platformsOf(targetsOf(facts)))
  const seen = `Seen only under ${nameEmulators(facts)}`
  const advice = {
    'emulators-disagree': `It is right under emulation on another host, so it may be the emulator of this one, or chance. A native host for ${plain} decides it.`,
    'cpu-model': `${seen} as ${nameModels(facts.members)}: run it under the emulator's own choice of CPU to see whether it is the CPU model, and on a native host for ${plain}.`,
  }[ruling as string]
  const rest =
    advice ??
    `${seen}, so it may be the emulator or this platform's build. A native host for ${plain} decides it.`
  return {
    cause: 'unattributed',
    advice: signature === undefined ? rest : `${signature.advice} ${rest}`,
    evidence: more,
  }
}
