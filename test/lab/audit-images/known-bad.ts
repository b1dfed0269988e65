import type { AuditRuleId, Severity } from '../../../src/model/audit.js'
import type { Content } from '../image-writer.js'

/** A finding that an image must have. */
export interface ExpectedFinding {
  readonly rule: AuditRuleId
  /** Labels, in the order of the image. */
  readonly platforms: readonly string[]
  /** Exactly these; absent where there are too many to write down. */
  readonly paths?: readonly string[]
  /** Only where a note is what is expected: other notes are nobody's concern. */
  readonly severity?: Severity
}

/** An image with one fault, and what the audit must say of it: exactly these errors and warnings. */
export interface KnownBad {
  readonly name: string
  /** What kind of failure it stands for: the same kind twice means two ways to get there. */
  readonly kind: string
  readonly about: string
  readonly build: () => Promise<Content>
  readonly expected: readonly ExpectedFinding[]
  /** Platforms that the user demands. */
  readonly requiredPlatforms?: readonly string[]
}
