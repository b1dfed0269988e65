import { ArchparityError } from '../errors.js'
import type { PlatformImage, ResolvedImage } from '../model/image.js'
import { formatPlatform, matchesPlatform, type Platform, parsePlatform } from '../model/platform.js'
import type { LostCoverage, Target } from '../model/target.js'
import {
  findEmulatingHost,
  findNativeHosts,
  type Placement,
  type PlanHost,
  type Refusal,
} from './choose-hosts.js'
import { nameTargets, type Unnamed } from './label.js'

/** Which platforms the user wants and how, as typed and already known to be valid. */
export interface PlanChoice {
  readonly include?: readonly string[]
  readonly exclude: readonly string[]
  readonly reference?: string
  readonly execution: 'auto' | 'native' | 'emulated' | 'both'
  /** Whether hosts of one platform each run all suites. */
  readonly everyHost: boolean
  /** How many suite files there are to share, where that is known: more hosts than files have nothing to do. */
  readonly files?: number
  /** CPU models to emulate a platform with, by platform. */
  readonly cpuModels: Readonly<Record<string, readonly string[]>>
}

/** What runs where, and what cannot. */
export interface Plan {
  readonly targets: readonly PlannedTarget[]
  readonly lost: readonly LostCoverage[]
  /** CPU time of the test program where the reference runs, in milliseconds; absent where it was not measured. */
  readonly referenceMs?: number
}

export interface PlannedTarget {
  readonly target: Target
  readonly image: PlatformImage
  /** Targets of one lane share the suites: each file runs on one of them. */
  readonly lane: string
}

/** A target before it has a name, with what is measured of its speed. */
interface Draft {
  readonly image: PlatformImage
  readonly placement: Placement
  readonly cpu?: string
}

/**
 * Says for each platform of the image on which hosts it runs, natively or emulated. Hosts of one platform share its
 * suites, except those of the reference, which all others are compared with. The reference is the platform that the
 * user named, else this machine's own, else the first native one, else the first of all. A platform that cannot run,
 * or that was asked for and is not in the image, is lost coverage.
 */
export async function planTargets(
  image: ResolvedImage,
  hosts: readonly PlanHost[],
  choice: PlanChoice,
): Promise<Plan> {
  const include = choice.include?.map(readPlatform)
  const exclude = choice.exclude.map(readPlatform)
  const lost: LostCoverage[] = []
  const drafts: Draft[] = []
  for (const each of image.platforms) {
    const matches = (wanted: Platform) => matchesPlatform(wanted, each.platform)
    if ((include !== undefined && !include.some(matches)) || exclude.some(matches)) {
      lost.push(describeLoss(each, { code: 'excluded', reason: 'left out by --platform' }, true))
      continue
    }
    const { placements, refusals } = await placePlatform(each.platform, hosts, choice.execution)
    if (placements.length === 0) {
      const refusal = refusals[0] ?? explainNoHost(each.platform, choice.execution)
      // Nobody who tests on Linux engines expects another system's images to run, unless they say so.
      lost.push(describeLoss(each, refusal, refusal.code === 'not-linux' && include === undefined))
      continue
    }
    drafts.push(...placements.map(placement => ({ image: each, placement })))
    const legs = await placeCpuModels(each.platform, hosts, choice)
    drafts.push(...legs.drafts.map(leg => ({ ...leg, image: each })))
    lost.push(...legs.refusals.map(refusal => describeLoss(each, refusal, false)))
  }
  lost.push(...listAbsent(image, include ?? []))
  const reference = chooseReference(drafts, choice)
  const referenceMs = reference?.placement.capability.cpuTimeMs
  const targets = nameDrafts(drafts, reference, choice)
  return { targets, lost, ...(referenceMs === undefined ? {} : { referenceMs }) }
}

/**
 * The emulated target of a platform that ran natively, for finding out whether emulation hides what is wrong there;
 * undefined where no host emulates it. `named` are the targets that there are already.
 */
export async function planEmulatedTwin(
  image: PlatformImage,
  hosts: readonly PlanHost[],
  named: readonly Target[],
  referenceMs?: number,
): Promise<PlannedTarget | undefined> {
  const { placement } = await findEmulatingHost(image.platform, hosts)
  if (placement === undefined) return undefined
  return nameExtra({ image, placement }, named, referenceMs)
}

/**
 * A target that does the work of one whose host was lost, on another host and in the same execution; undefined where
 * there is none.
 */
export async function planSubstitute(
  lost: PlannedTarget,
  hosts: readonly PlanHost[],
  named: readonly Target[],
  referenceMs?: number,
): Promise<PlannedTarget | undefined> {
  const { image, target } = lost
  const native = target.execution === 'native'
  const placement = native
    ? (await findNativeHosts(image.platform, hosts)).placements[0]
    : (await findEmulatingHost(image.platform, hosts)).placement
  if (placement === undefined) return undefined
  const cpu = target.emulator?.cpu
  return nameExtra({ image, placement, ...(cpu === undefined ? {} : { cpu }) }, named, referenceMs)
}

function nameExtra(draft: Draft, named: readonly Target[], referenceMs?: number): PlannedTarget | undefined {
  const [target] = nameTargets([describeDraft(draft, referenceMs)], named)
  return target === undefined ? undefined : { target, image: draft.image, lane: target.id }
}

async function placePlatform(
  platform: Platform,
  hosts: readonly PlanHost[],
  execution: PlanChoice['execution'],
): Promise<{ placements: Placement[]; refusals: Refusal[] }> {
  const native = await findNativeHosts(platform, hosts)
  if (execution === 'native' || platform.os !== 'linux') return native
  if (execution === 'auto' && native.placements.length > 0) return native
  const { placement, refusals } = await findEmulatingHost(platform, hosts)
  const emulated = placement === undefined ? [] : [placement]
  const both = {
    placements: [...native.placements, ...emulated],
    refusals: [...refusals, ...native.refusals],
  }
  // What no host emulates runs natively all the same: something must be there to compare with.
  return execution === 'emulated' && emulated.length > 0 ? { ...both, placements: emulated } : both
}

/** The legs of a platform for the CPU models that were asked for; where none can be had, the reason. */
async function placeCpuModels(
  platform: Platform,
  hosts: readonly PlanHost[],
  { cpuModels }: PlanChoice,
): Promise<{ drafts: Omit<Draft, 'image'>[]; refusals: Refusal[] }> {
  const named = Object.entries(cpuModels).flatMap(([text, names]) => {
    const wanted = parsePlatform(text)
    return wanted !== undefined && matchesPlatform(wanted, platform) ? names : []
  })
  // A platform has several spellings, and a flag may be there twice.
  const models = [...new Set(named)]
  if (models.length === 0) return { drafts: [], refusals: [] }
  const { placement } = await findEmulatingHost(platform, hosts)
  const emulator = placement?.capability.emulator?.name ?? ''
  if (placement !== undefined && (emulator.startsWith('qemu-') || emulator === 'unknown')) {
    return { drafts: models.map(cpu => ({ placement, cpu })), refusals: [] }
  }
  const reason = `no host emulates ${formatPlatform(platform)} by QEMU, so CPU model ${models.join(', ')} cannot be chosen`
  return { drafts: [], refusals: [{ code: 'no-cpu-model', reason }] }
}

function explainNoHost(platform: Platform, execution: PlanChoice['execution']): Refusal {
  const name = formatPlatform(platform)
  return execution === 'native'
    ? {
        code: 'no-native-host',
        reason: `no host runs ${name} natively`,
        fix: 'Declare one: --host ssh://user@machine; or leave out --execution native.',
      }
    : {
        code: 'no-host',
        reason: `no host is there for ${name}`,
        fix: 'Declare one: --host ssh://user@machine; or leave out --no-local.',
      }
}

function describeLoss(each: PlatformImage, refusal: Refusal, intended: boolean): LostCoverage {
  const { code, reason, fix } = refusal
  return {
    platform: formatPlatform(each.platform),
    digest: each.manifest.digest,
    code,
    reason,
    intended,
    ...(fix === undefined ? {} : { fix }),
  }
}

function listAbsent(image: ResolvedImage, include: readonly Platform[]): LostCoverage[] {
  const has = image.platforms.map(each => formatPlatform(each.platform)).join(', ')
  return include
    .filter(wanted => !image.platforms.some(each => matchesPlatform(wanted, each.platform)))
    .map(wanted => ({
      platform: formatPlatform(wanted),
      code: 'not-in-image',
      reason: `the image has no such platform; it has ${has}`,
      intended: false,
    }))
}

function readPlatform(text: string): Platform {
  const platform = parsePlatform(text)
  if (platform !== undefined) return platform
  throw new ArchparityError('USAGE', `${JSON.stringify(text)} is no platform`, {
    hint: 'Write os/architecture[/variant], for example linux/arm64 or linux/arm/v7.',
  })
}

function nameDrafts(
  drafts: readonly Draft[],
  reference: Draft | undefined,
  choice: PlanChoice,
): PlannedTarget[] {
  const speed = reference?.placement.capability.cpuTimeMs
  const members = new Map<string, number>()
  const kept = drafts.filter(draft => {
    if (choice.everyHost) return true
    if (isSpare(draft, reference)) return false
    const lane = describeLane(draft)
    const place = members.get(lane) ?? 0
    members.set(lane, place + 1)
    return place < Math.max(1, choice.files ?? place + 1)
  })
  const unnamed = kept.map(draft => ({ ...describeDraft(draft, speed), reference: draft === reference }))
  return nameTargets(unnamed).map((target, index) => {
    const draft = kept[index] as Draft
    const own = choice.everyHost || target.reference ? ` ${target.host}` : ''
    return { target, image: draft.image, lane: `${describeLane(draft)}${own}` }
  })
}

/** The same for targets that run the same programs in the same way, on whatever host. */
function describeLane({ image, placement, cpu = '' }: Draft): string {
  return [image.manifest.digest, formatPlatform(image.platform), placement.capability.execution, cpu].join(
    ' ',
  )
}

/** Whether another host runs what the reference runs already: nothing would be left for it. */
function isSpare(draft: Draft, reference: Draft | undefined): boolean {
  return (
    reference !== undefined &&
    draft !== reference &&
    draft.image === reference.image &&
    draft.cpu === undefined &&
    draft.placement.capability.execution === reference.placement.capability.execution
  )
}

function describeDraft({ image, placement, cpu }: Draft, referenceMs: number | undefined): Unnamed {
  const { capability, host } = placement
  const { emulator, cpuTimeMs, execution, reason } = capability
  const model = cpu === undefined ? {} : { cpu }
  return {
    platform: image.platform,
    digest: image.manifest.digest,
    host: host.facts.name,
    execution,
    ...(emulator === undefined ? {} : { emulator: { ...emulator, ...model } }),
    reference: false,
    reason: cpu === undefined ? reason : `${reason}, as CPU ${cpu}`,
    ...measureSlowdown(cpuTimeMs, referenceMs),
  }
}

function measureSlowdown(own: number | undefined, reference: number | undefined): { slowdown?: number } {
  if (!own || !reference) return {}
  return { slowdown: Math.max(0.1, Math.round((own / reference) * 10) / 10) }
}

function chooseReference(drafts: readonly Draft[], choice: PlanChoice): Draft | undefined {
  const wanted = choice.reference === undefined ? undefined : readPlatform(choice.reference)
  const native = drafts.filter(draft => draft.placement.capability.execution === 'native')
  if (wanted !== undefined) {
    const named = [...native, ...drafts].find(draft => matchesPlatform(wanted, draft.image.platform))
    if (named !== undefined) return named
    const names = [...new Set(drafts.map(draft => formatPlatform(draft.image.platform)))]
    throw new ArchparityError(
      'USAGE',
      `The reference platform ${formatPlatform(wanted)} is not among those that run here`,
      { hint: `Choose one of: ${names.join(', ') || 'none'}.` },
    )
  }
  const isOwn = ({ image, placement }: Draft) =>
    image.platform.architecture === placement.host.facts.architecture
  return (
    native.find(draft => draft.placement.host.local && isOwn(draft)) ??
    native.find(draft => draft.placement.host.local) ??
    native.find(isOwn) ??
    native[0] ??
    drafts[0]
  )
}
