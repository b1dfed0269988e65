import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** How one check, or one value, came out on one target: as on a healthy one, or not. */
export type Outcome = 'good' | 'bad'

/** What the outcomes on all targets say of one target on which something is bad. */
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
  /** The same, and this platform itself is good under emulation and no other one was decided natively. */
  | 'native-against-emulated-masked'
  /** Good natively, bad under emulation. */
  | 'emulated-only'
  /** Bad under emulation and not decided natively: only further evidence can tell. */
  | 'evidence'
  /** The same, and good under emulation on another host. */
  | 'emulators-disagree'
  /** Bad on one native host, good on another. */
  | 'hosts-disagree'
  /** A leg: bad under a CPU model, good under the CPU that the same emulator chooses by itself. */
  | 'cpu-level'
  /** A leg: bad under a CPU model, good natively, and not decided under the emulator's own choice. */
  | 'cpu-against-native'
  /** A leg: bad under a CPU model, and nothing else of the platform was decided. */
  | 'cpu-model'
  /** It ran into its time limit on a slow target, and is not bad everywhere. */
  | 'slow'

/** Whether an emulated target runs under a CPU model that it was told: it tells of instruction levels and no more. */
export function isLeg(target: Target): boolean {
  return target.emulator?.cpu !== undefined
}

/**
 * Rules on each target with a bad outcome, by id in the order of `targets`: the attribution table of
 * `docs/attribution.md`. Targets without an outcome decided nothing and do not count. `slow` names those that are bad
 * for no other reason than time, where time is short. A leg that adds nothing has the ruling of what it repeats.
 */
export function ruleOnTargets(
  targets: readonly Target[],
  outcomes: ReadonlyMap<string, Outcome>,
  slow: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, Ruling> {
  const decided = targets.filter(target => outcomes.has(target.id))
  const main = decided.filter(target => !isLeg(target))
  const isBad = (target: Target) => outcomes.get(target.id) === 'bad'
  const first = ruleOnPlatforms(main, isBad)
  const second = ruleOnPlatforms(
    main.filter(target => !slow.has(target.id)),
    isBad,
  )
  const rulings = new Map<string, Ruling>()
  for (const target of main.filter(isBad)) {
    const platform = formatPlatform(target.platform)
    const plain = first.get(platform)
    const settles = plain === 'everywhere' || (slow.has(target.id) && plain === 'emulated-only')
    const ruling = settles ? plain : slow.has(target.id) ? 'slow' : second.get(platform)
    if (ruling !== undefined) rulings.set(target.id, ruling)
  }
  for (const leg of decided.filter(target => isLeg(target) && isBad(target))) {
    const counted = main.filter(({ id }) => !slow.has(id) || rulings.get(id) === 'everywhere')
    rulings.set(leg.id, ruleOnLeg(leg, counted, isBad, rulings, slow.has(leg.id)))
  }
  return new Map(targets.flatMap(({ id }) => [[id, rulings.get(id)] as const]).filter(isRuled))
}

function isRuled(entry: readonly [string, Ruling | undefined]): entry is [string, Ruling] {
  return entry[1] !== undefined
}

/** One ruling for each platform with something bad, from targets that are no legs. */
function ruleOnPlatforms(
  decided: readonly Target[],
  isBad: (target: Target) => boolean,
): ReadonlyMap<string, Ruling> {
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
  if (native.length === 0) return emulated.every(isBad) ? 'evidence' : 'emulators-disagree'
  if (!native.some(isBad)) return 'emulated-only'
  if (!native.every(isBad)) return 'hosts-disagree'
  const hidden = emulated.some(target => !isBad(target))
  const otherNative = others.filter(target => target.execution === 'native')
  if (otherNative.some(target => !isBad(target))) return hidden ? 'native-masked' : 'native'
  // Where another platform is bad natively too, a test run on that one shows the fault.
  return hidden && otherNative.length === 0 ? 'native-against-emulated-masked' : 'native-against-emulated'
}

/** `main` are the decided targets that are no legs, `rulings` those of them that are bad. */
function ruleOnLeg(
  leg: Target,
  main: readonly Target[],
  isBad: (target: Target) => boolean,
  rulings: ReadonlyMap<string, Ruling>,
  isSlow: boolean,
): Ruling {
  const own = main.filter(target => formatPlatform(target.platform) === formatPlatform(leg.platform))
  const repeat = (targets: readonly Target[]) => rulings.get(targets.find(isBad)?.id ?? '')
  const alike = own.filter(target => isTwin(leg, target))
  const near = alike.filter(target => target.host === leg.host)
  const twins = near.length > 0 ? near : alike
  const native = own.filter(target => target.execution === 'native')
  const known = repeat(twins)
  if (known !== undefined) return known
  if (twins.length > 0 && !isSlow) return repeat(native) === 'native-masked' ? 'native-masked' : 'cpu-level'
  if (twins.length === 0 && repeat(native) !== undefined) return repeat(native) as Ruling
  if (isSlow) return 'slow'
  return native.length > 0 ? 'cpu-against-native' : 'cpu-model'
}

/** Whether only the CPU model sets a leg apart from another emulated target. */
function isTwin(leg: Target, target: Target): boolean {
  if (target.execution !== 'emulated') return false
  const { name, version } = target.emulator ?? {}
  const isSameProgram =
    version !== undefined && name === leg.emulator?.name && version === leg.emulator?.version
  return target.host === leg.host || isSameProgram
}
