import { createHash } from 'node:crypto'
import type { Cause, Evidence, Finding } from '../model/finding.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { isLeg } from './table.js'
import { joinNames, nameEmulator } from './world.js'

/** A finding about one check or fact, before those that say the same are made one. */
export interface FindingDraft {
  readonly kind: Finding['kind']
  readonly cause: Cause
  /** Emulated targets on which it is good while it is bad natively: an emulated test run would have shipped it. */
  readonly maskedBy?: readonly Target[]
  /** Drafts with the same lead, kind, cause and platforms become one finding. */
  readonly lead: string
  /** How the title names what happened, given how it names the checks, and on which targets: `"x" fails on linux/arm64`. */
  readonly title: (checks: string, targets: readonly Target[]) => string
  /** Ids of checks, in the record's order. */
  readonly checks: readonly string[]
  readonly targets: readonly Target[]
  /** Tells it apart from another finding of the same kind about the same checks on the same platforms. */
  readonly part?: string
  /** Formatted platforms where they do not follow from the targets. */
  readonly platforms?: readonly string[]
  readonly evidence: readonly Evidence[]
  readonly advice: string
  readonly reproduce: readonly string[]
}

const MAX_EVIDENCE = 12
const MAX_COMMANDS = 4
const MAX_NAME = 80

/** Joins drafts that share their lead into findings; `names` gives each check's own name by id. */
export function mergeDrafts(drafts: readonly FindingDraft[], names: ReadonlyMap<string, string>): Finding[] {
  const groups = new Map<string, FindingDraft[]>()
  for (const draft of drafts) {
    const key = [
      draft.kind,
      draft.cause,
      draft.maskedBy?.map(target => target.id).join() ?? '',
      draft.part ?? '',
      listPlatforms(draft).join(),
      draft.lead,
    ].join('\0')
    groups.set(key, [...(groups.get(key) ?? []), draft])
  }
  return [...groups.values()].map(group => mergeGroup(group, names))
}

function mergeGroup(group: readonly FindingDraft[], names: ReadonlyMap<string, string>): Finding {
  const first = group[0] as FindingDraft
  const checks = [...new Set(group.flatMap(draft => draft.checks))]
  const platforms = listPlatforms(first)
  const evidence = dropRepeated(group.flatMap(draft => draft.evidence))
  const masks = first.maskedBy ?? []
  const masked = masks.length > 0
  const targets = [...new Set(group.flatMap(draft => draft.targets))]
  const title = first.title(nameChecks(checks, names), targets)
  const parts = checks.length === 0 ? [first.lead] : checks
  return {
    key: nameFinding(first.kind, platforms, first.part === undefined ? parts : [...parts, first.part]),
    kind: first.kind,
    cause: first.cause,
    title: masked ? `${title} (masked by emulation)` : title,
    platforms,
    targets: targets.map(target => target.id),
    checks,
    evidence: (masked ? [describeMask(masks), ...evidence] : evidence).slice(0, MAX_EVIDENCE),
    advice: first.advice,
    reproduce: [...new Set(group.flatMap(draft => draft.reproduce))].slice(0, MAX_COMMANDS),
  }
}

function describeMask(targets: readonly Target[]): Evidence {
  const names = [...new Set(targets.map(target => `${nameEmulator(target)} on ${target.host}`))]
  return {
    kind: 'executed',
    text: `it is right under ${joinNames(names)}: an emulated test run would not have shown it`,
    data: { maskedByEmulation: true, rightOn: targets.map(target => target.id) },
  }
}

/** Whether emulation hides what the finding tells. */
export function isMasked(finding: Finding): boolean {
  return finding.evidence.some(one => one.data?.maskedByEmulation === true)
}

function listPlatforms(draft: FindingDraft): readonly string[] {
  return draft.platforms ?? [...new Set(draft.targets.map(target => formatPlatform(target.platform)))]
}

function nameChecks(checks: readonly string[], names: ReadonlyMap<string, string>): string {
  const [only] = checks
  if (checks.length === 1 && only !== undefined) return `"${cutName(names.get(only) ?? only)}"`
  return `${checks.length} checks`
}

function cutName(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1)}…`
}

/** Kind and platforms as they are, the checks as a short hash: stable while the same things are wrong. */
function nameFinding(kind: string, platforms: readonly string[], parts: readonly string[]): string {
  const hash = createHash('sha256')
    .update([...parts].sort().join('\0'))
    .digest('hex')
    .slice(0, 12)
  return `${kind}:${platforms.join(',')}:${hash}`
}

function dropRepeated(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Map<string, Evidence>()
  for (const one of evidence) {
    const key = `${one.kind}\0${one.target ?? ''}\0${one.text}`
    if (!seen.has(key)) seen.set(key, one)
  }
  return [...seen.values()]
}

/** `linux/arm64`, `linux/arm64 and linux/s390x`, `5 platforms (a, b, …)`. */
export function sayPlatforms(platforms: readonly string[]): string {
  if (platforms.length === 0) return 'no platform'
  if (platforms.length > 3) return `${platforms.length} platforms (${platforms.join(', ')})`
  return joinNames(platforms)
}

/**
 * Where something is so: the platforms, and of a platform that has targets among `others` as well, which of its targets
 * (`linux/arm64 (emulated)`). A leg of a CPU model is named where it stands alone, and never sets its platform's other
 * targets apart.
 */
export function sayTargets(concerned: readonly Target[], others: readonly Target[]): string {
  const main = concerned.filter(target => !isLeg(target))
  const isLone = (leg: Target) =>
    !main.some(target => formatPlatform(target.platform) === formatPlatform(leg.platform))
  const targets = concerned.filter(target => !isLeg(target) || isLone(target))
  const split = new Set(
    others
      .filter(other => !concerned.includes(other) && !isLeg(other))
      .map(other => formatPlatform(other.platform)),
  )
  const names = targets.map(target => {
    const platform = formatPlatform(target.platform)
    return isLeg(target) || split.has(platform) ? nameTarget(target) : platform
  })
  return sayPlatforms([...new Set(names)])
}

/** A target's label, with how it executes where the label does not say it. */
export function nameTarget(target: Target): string {
  const platform = formatPlatform(target.platform)
  return target.label === platform
    ? `${platform} (${target.emulator?.cpu ?? target.execution})`
    : target.label
}
