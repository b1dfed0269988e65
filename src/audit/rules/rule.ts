import type { AuditEvidence, Severity } from '../../model/audit.js'
import type { ResolvedImage } from '../../model/image.js'
import type { PlatformInventory } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'

/** What a rule reports; the runner adds the rule's id, its key, order and caps. */
export interface RuleHit {
  /** Labels of the platforms that are wrong. */
  readonly platforms: readonly string[]
  readonly title: string
  /** What the finding is about, equal from run to run and free of platform words: part of the key. */
  readonly subject: string
  /** Absolute paths, any number. */
  readonly paths?: readonly string[]
  readonly evidence: readonly AuditEvidence[]
  readonly advice: string
  /** Where this hit weighs less or more than the rule's own severity. */
  readonly severity?: Severity
}

/** What every rule may look at. Views are in the order of the image. */
export interface RuleInput {
  readonly views: readonly PlatformView[]
  /** Paths that may be of another architecture: absolute, `*` at the end for everything below. */
  readonly foreignPrograms: readonly string[]
  /** What the index says; absent where there is only content to judge. */
  readonly image?: ResolvedImage
  /** Platforms, as users write them, that the index must have. */
  readonly requiredPlatforms?: readonly string[]
}

/** One rule: pure, deterministic, and silent where a layer could not be read to its end and absence would decide. */
export interface AuditRule {
  /** Kebab-case, the field's own words. */
  readonly id: string
  readonly scope: 'platform' | 'image'
  readonly severity: Severity
  /** One sentence. */
  readonly title: string
  /** Why it matters, one or two sentences. */
  readonly why: string
  check(input: RuleInput): readonly RuleHit[]
}

/** What stands behind a view. */
export type { PlatformInventory }
