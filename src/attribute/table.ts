import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** How one check, or one value, came out on one target: as on a healthy one, or not. */
export type Outcome = 'good' | 'bad'

/** What the outcomes on all targets say of one platform on which something is bad. */
export type Ruling =
  /** Bad on every target, of two platforms or more. */
  | 'everywhere'
  /** Bad on the only platform that was decided: there is nothing to compare with. */
  | 'alone'
  /** Bad natively; another platform is good natively. */
  | 'native'
  /** Bad natively, good under emulation; another platform is good natively. */
  | 'native-masked'
  /** Bad natively; what is good is only so under emulation. */
  | 'native-against-emulated'
  /** The same, and this platform itself is good under emulation. */
  | 'native-against-emulated-masked'
  /** Good natively, bad under emulation. */
  | 'emulated-only'
  /** Bad under emulation and not decided natively: only further evidence can tell. */
  | 'evidence'
  /** Bad on one native host, good on another. */
  | 'hosts-disagree'

/**
 * Rules on each platform with a bad outcome (by formatted platform, in the order of `targets`): the attribution
 * table of `docs/attribution.md`. Targets without an outcome decided nothing and do not count.
 */
export function ruleOnPlatforms(
  targets: readonly Target[],
  outcomes: ReadonlyMap<string, Outcome>,
): ReadonlyMap<string, Ruling> {
  const decided = targets.filter(target => outcomes.has(target.id))
  const isBad = (target: Target) => outcomes.get(target.id) === 'bad'
  const platforms = [...new Set(decided.map(target => formatPlatform(target.platform)))]
  const rulings = new Map<string, Ruling>()
  if (decided.every(isBad)) {
    const ruling = platforms.length > 1 ? 'everywhere' : 'alone'
    for (const platform of platforms) rulings.set(platform, ruling)
    return rulings
  }
  for (const platform of platforms) {
    const own = decided.filter(target => formatPlatform(target.platform) === platform)
    if (!own.some(isBad)) continue
    const others = decided.filter(target => formatPlatform(target.platform) !== platform)
    rulings.set(platform, ruleOnPlatform(own, others, isBad))
  }
  return rulings
}

function ruleOnPlatform(
  own: readonly Target[],
  others: readonly Target[],
  isBad: (target: Target) => boolean,
): Ruling {
  const native = own.filter(target => target.execution === 'native')
  const emulated = own.filter(target => target.execution === 'emulated')
  if (native.length === 0) return 'evidence'
  if (!native.some(isBad)) return 'emulated-only'
  if (!native.every(isBad)) return 'hosts-disagree'
  const masked = emulated.some(target => !isBad(target))
  const healthyNative = others.some(target => target.execution === 'native' && !isBad(target))
  if (healthyNative) return masked ? 'native-masked' : 'native'
  return masked ? 'native-against-emulated-masked' : 'native-against-emulated'
}
