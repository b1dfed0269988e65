import { ArchparityError } from '../errors.js'
import type { Prove } from '../hosts/proof.js'
import { shortenDigest } from '../model/digest.js'
import type { HostFacts } from '../model/host.js'
import type { PlatformImage, ResolvedImage } from '../model/image.js'
import { formatPlatform, matchesPlatform, type Platform, parsePlatform } from '../model/platform.js'
import type { LostCoverage, Target } from '../model/target.js'
import { type Capability, judgeCapability } from './capability.js'

/** Which platforms the user wants, as typed and already known to be platforms. */
export interface PlatformChoice {
  readonly include?: readonly string[]
  readonly exclude: readonly string[]
  readonly reference?: string
}

/** What runs where, and what cannot. */
export interface Plan {
  readonly targets: readonly PlannedTarget[]
  readonly lost: readonly LostCoverage[]
}

export interface PlannedTarget {
  readonly target: Target
  readonly image: PlatformImage
}

/**
 * Assigns each platform of the image to the host and says how it executes there. The reference is the platform
 * that the user named, else the host's own, else the first native one, else the first of all.
 * A platform that cannot run, or that was asked for and is not in the image, is lost coverage.
 */
export async function planTargets(
  image: ResolvedImage,
  facts: HostFacts,
  choice: PlatformChoice,
  prove: Prove,
): Promise<Plan> {
  const lost: LostCoverage[] = []
  const runnable: { image: PlatformImage; capability: Extract<Capability, { runs: true }> }[] = []
  const include = choice.include?.map(readPlatform)
  const exclude = choice.exclude.map(readPlatform)
  for (const each of image.platforms) {
    const name = formatPlatform(each.platform)
    const matches = (wanted: Platform) => matchesPlatform(wanted, each.platform)
    const skipped = (include !== undefined && !include.some(matches)) || exclude.some(matches)
    if (skipped) {
      lost.push({
        platform: name,
        digest: each.manifest.digest,
        code: 'excluded',
        reason: 'left out by --platform',
        intended: true,
      })
      continue
    }
    const capability = await judgeCapability(facts, each.platform, prove)
    if (capability.runs) {
      runnable.push({ image: each, capability })
      continue
    }
    const { code, reason, fix } = capability
    // Nobody who tests on Linux engines expects another system's images to run, unless they say so.
    const intended = code === 'not-linux' && include === undefined
    lost.push({
      platform: name,
      digest: each.manifest.digest,
      code,
      reason,
      intended,
      ...(fix === undefined ? {} : { fix }),
    })
  }
  for (const wanted of include ?? []) {
    if (image.platforms.some(each => matchesPlatform(wanted, each.platform))) continue
    const has = image.platforms.map(each => formatPlatform(each.platform)).join(', ')
    lost.push({
      platform: formatPlatform(wanted),
      code: 'not-in-image',
      reason: `the image has no such platform; it has ${has}`,
      intended: false,
    })
  }
  const targets = runnable.map(({ image: each, capability }) =>
    makeTarget(each, capability, facts.name, image),
  )
  return { targets: markReference(targets, facts, choice), lost }
}

function readPlatform(text: string): Platform {
  const platform = parsePlatform(text)
  if (platform !== undefined) return platform
  throw new ArchparityError('USAGE', `${JSON.stringify(text)} is no platform`, {
    hint: 'Write os/architecture[/variant], for example linux/arm64 or linux/arm/v7.',
  })
}

function makeTarget(
  each: PlatformImage,
  capability: Extract<Capability, { runs: true }>,
  host: string,
  image: ResolvedImage,
): PlannedTarget {
  const name = formatPlatform(each.platform)
  const twins = image.platforms.filter(other => formatPlatform(other.platform) === name)
  const suffix = twins.length > 1 ? ` (${shortenDigest(each.manifest.digest)})` : ''
  return {
    image: each,
    target: {
      id: `${name}${suffix} ${capability.execution}@${host}`,
      label: `${name}${suffix}`,
      platform: each.platform,
      digest: each.manifest.digest,
      host,
      execution: capability.execution,
      ...(capability.emulator === undefined ? {} : { emulator: capability.emulator }),
      reference: false,
      reason: capability.reason,
    },
  }
}

function markReference(
  targets: readonly PlannedTarget[],
  facts: HostFacts,
  choice: PlatformChoice,
): PlannedTarget[] {
  const wanted = choice.reference === undefined ? undefined : readPlatform(choice.reference)
  const named = wanted && targets.find(({ target }) => matchesPlatform(wanted, target.platform))
  if (wanted !== undefined && named === undefined) {
    throw new ArchparityError(
      'USAGE',
      `The reference platform ${formatPlatform(wanted)} is not among those that run here`,
      {
        hint: `Choose one of: ${targets.map(({ target }) => target.label).join(', ') || 'none'}.`,
      },
    )
  }
  const own = targets.find(
    ({ target }) => target.platform.architecture === facts.architecture && target.execution === 'native',
  )
  const reference = named ?? own ?? targets.find(({ target }) => target.execution === 'native') ?? targets[0]
  return targets.map(each =>
    each === reference ? { ...each, target: { ...each.target, reference: true } } : each,
  )
}
