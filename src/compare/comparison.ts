import type { CheckRef } from '../model/check.js'
import type { DeclaredDifference } from '../model/declared.js'
import type { Observation } from '../model/observation.js'
import type { Status } from '../model/status.js'
import type { DiffLine } from './line-diff.js'

/** The outcome of comparing a run's targets, check by check, in the record's order. */
export interface Comparison {
  readonly checks: readonly CheckComparison[]
  /** The normalisation rules that changed something, in the order in which they apply. */
  readonly rules: readonly FiredRule[]
  /** Whether a noise pass ran: without one nothing is masked. */
  readonly noiseLearned: boolean
  /** What became of the user's declared differences, in their order. */
  readonly declarations: readonly DeclarationUse[]
}

/** A declared difference, and how many differences and failures of the run it made legitimate. */
export interface DeclarationUse extends DeclaredDifference {
  /** `not-run`: nothing matched, but what it is about may not have run. */
  readonly state: 'used' | 'unused' | 'expired' | 'not-run'
  readonly matched: number
}

/** Why a failure on one target is legitimate. */
export interface DeclaredFailure {
  readonly reason: string
  /** Position among the user's declarations. */
  readonly declaration: number
}

/** A difference that is legitimate: declared by the user, or expected per platform by the check itself. */
export interface DeclaredNote {
  readonly difference: Difference
  readonly reason: string
  /** Position among the user's declarations; absent for what the check expects. */
  readonly declaration?: number
}

export interface FiredRule {
  readonly name: string
  readonly description: string
  /** How many lines it changed, over all targets. */
  readonly lines: number
}

export interface CheckComparison {
  readonly check: CheckRef
  /** By target id, in target order. */
  readonly statuses: ReadonlyMap<string, Status>
  /** Ids of the targets whose values were compared. */
  readonly compared: readonly string[]
  /** Without those that are declared. */
  readonly differences: readonly Difference[]
  readonly declared: readonly DeclaredNote[]
  /** Failures that are declared, by target id. */
  readonly declaredFailures: ReadonlyMap<string, DeclaredFailure>
  readonly masks: readonly MaskNote[]
  /** The reference's statuses in its two passes, where they are not the same. */
  readonly unstable?: { readonly target: string; readonly main: Status; readonly noise: Status }
}

/** One field of one observation that is not equal everywhere. */
export interface Difference {
  readonly kind: Observation['kind']
  /** The command, path, request or name, as the base target has it. */
  readonly label: string
  /** 0 for the first observation with this label in the check. */
  readonly ordinal: number
  /** `exit code`, `stdout`, `mode`, ...; `observed` where the whole observation is missing somewhere. */
  readonly field: string
  /** The base class first, then by target order. At least two. */
  readonly classes: readonly ValueClass[]
}

/** Targets with equal values. */
export interface ValueClass {
  readonly targets: readonly string[]
  /** True for the class that the others are shown against: the reference's, or the largest. */
  readonly base: boolean
  /** The value as its first target has it, cut to a few lines. */
  readonly value: string
  /** From the base class to this one; empty for the base. */
  readonly diff: readonly DiffLine[]
}

/** Something that was not compared, and why. */
export interface MaskNote {
  readonly kind: Observation['kind']
  readonly label: string
  readonly field: string
  readonly reason:
    | 'noise'
    | 'noise-lines'
    | 'noise-paths'
    | 'noise-label'
    | 'kept-part'
    | 'still-growing'
    | 'host-lost'
  /** What was masked, for people: patterns or paths. */
  readonly what: readonly string[]
}
