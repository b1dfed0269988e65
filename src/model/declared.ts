/** Fields of observations that reports name; `observed` is the observation as a whole. */
export const FIELD_NAMES = [
  'observed',
  'exit code',
  'stdout',
  'stderr',
  'exists',
  'type',
  'mode',
  'owner',
  'link target',
  'ELF machine',
  'content',
  'status',
  'headers',
  'body',
  'value',
] as const

export type FieldName = (typeof FIELD_NAMES)[number]

/** A difference that the user calls legitimate. What is left out does not restrict it. */
export interface DeclaredDifference {
  /** Regular expression (RE2) that is found in `file > name` of the check. */
  readonly check?: string
  readonly field?: FieldName
  /** Formatted platforms that may differ from the others. */
  readonly platforms?: readonly string[]
  /** Text that each differing line holds. */
  readonly contains?: string
  /** Regular expression (RE2) that is found in each differing line. */
  readonly pattern?: string
  /** It is the check's failure on these platforms that is legitimate, and no value. */
  readonly status?: boolean
  readonly reason: string
  /** Last day, in UTC, on which it counts: `2026-12-31`. */
  readonly expires?: string
  /** Where it is declared, if not in the settings: `suites/app.yaml:12`. */
  readonly source?: string
  /** It follows from something else that is declared, and need not be met. */
  readonly implied?: boolean
}

/** Fields whose text is normalised before it is compared. */
export const TEXT_FIELD_NAMES = [
  'stdout',
  'stderr',
  'link target',
  'content',
  'headers',
  'body',
  'value',
] as const satisfies readonly FieldName[]

/** A normalisation of the user's own. */
export interface NormalizeSetting {
  readonly name: string
  /** Regular expression (RE2); every match in a line is replaced. */
  readonly pattern: string
  /** `i`: upper and lower case are the same. */
  readonly flags?: string
  /** `$1` and `$<name>` stand for groups of the pattern. */
  readonly replace: string
  readonly fields?: readonly (typeof TEXT_FIELD_NAMES)[number][]
  /** Regular expressions (RE2), of which one is found in `file > name` of the check. */
  readonly checks?: readonly string[]
}

/** What the user says about comparing; part of the event log, so that every report can be made again. */
export interface ComparisonSettings {
  readonly differences?: readonly DeclaredDifference[]
  readonly normalize?: readonly NormalizeSetting[]
}
