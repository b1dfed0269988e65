import type { CheckRecord } from '../compare/run-record.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { gatherEvidence, type TargetEvidence } from './evidence.js'
import { isLeg, type Outcome, type Ruling, ruleOnTargets } from './table.js'
import { listSlow } from './time-limit.js'
import { findTouched } from './touched.js'
import { chooseHealthy, type World } from './world.js'

/** Bad targets that one ruling, and where that is not enough one evidence, holds for. */
export interface TargetGroup {
  /** Equal for groups that one finding can tell of. */
  readonly key: string
  readonly ruling: Ruling
  /** Those that the ruling rests on. */
  readonly members: readonly TargetEvidence[]
  /** Legs of a CPU model that only repeat what the members show. */
  readonly legs: readonly TargetEvidence[]
}

/** Rulings about one platform's own targets: two platforms are two findings. */
const OWN: readonly Ruling[] = ['hosts-disagree', 'emulators-disagree', 'cpu-level', 'cpu-against-native']
/** Rulings that only evidence decides: one finding where the evidence is the same. */
const BY_EVIDENCE: readonly Ruling[] = ['evidence', 'emulators-disagree', 'cpu-model', 'cpu-against-native']

/** Rules on the bad targets of one check, or of one of its values, and puts together what belongs together. */
export function groupTargets(
  check: CheckRecord,
  outcomes: ReadonlyMap<string, Outcome>,
  { record }: World,
): TargetGroup[] {
  const good = listGood(outcomes)
  const bad = record.targets
    .filter(target => outcomes.get(target.id) === 'bad')
    .map(target => gatherEvidence(check, target, chooseHealthy(record, good, target)))
  const rulings = ruleOnTargets(record.targets, outcomes, listSlow(bad, record.reference))
  const groups = new Map<string, { ruling: Ruling; members: TargetEvidence[]; legs: TargetEvidence[] }>()
  const sign = (member: TargetEvidence, ruling: Ruling) => {
    const own = OWN.includes(ruling) ? [formatPlatform(member.target.platform)] : []
    if (!BY_EVIDENCE.includes(ruling)) return [ruling, ...own].join(' ')
    const known = findTouched(check, member.target, record).map(finding => finding.key)
    return [ruling, ...own, member.signature?.signature.id ?? '', ...known].join(' ')
  }
  for (const member of bad) {
    const ruling = rulings.get(member.target.id)
    if (ruling === undefined || isRepeating(member.target, ruling)) continue
    const key = sign(member, ruling)
    const group = groups.get(key) ?? { ruling, members: [], legs: [] }
    group.members.push(member)
    groups.set(key, group)
  }
  for (const leg of bad) {
    const ruling = rulings.get(leg.target.id)
    if (ruling === undefined || !isRepeating(leg.target, ruling)) continue
    const isOwn = (member: TargetEvidence) =>
      formatPlatform(member.target.platform) === formatPlatform(leg.target.platform)
    const all = [...groups.values()].filter(group => group.ruling === ruling)
    const group = all.find(one => one.members.some(isOwn)) ?? all[0]
    group?.legs.push(leg)
  }
  return [...groups].map(([key, group]) => ({ key, ...group }))
}

/** Whether a bad leg says nothing beyond what other targets of its platform say. */
function isRepeating(target: Target, ruling: Ruling): boolean {
  return isLeg(target) && !ruling.startsWith('cpu') && ruling !== 'slow'
}

/** The ids of the targets on which it is as it should be. */
export function listGood(outcomes: ReadonlyMap<string, Outcome>): string[] {
  return [...outcomes].filter(([, outcome]) => outcome === 'good').map(([id]) => id)
}
