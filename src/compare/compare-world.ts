import type { Target } from '../model/target.js'
import type { AlignedObservation } from './align.js'
import type { Declaration } from './declarations.js'
import type { NormalizeContext } from './normalize/context.js'
import type { RuleCounts } from './normalize/normalize-line.js'

/** What comparing needs to know beside the check itself. */
export interface CompareWorld {
  readonly targets: readonly Target[]
  readonly reference: Target | undefined
  readonly contexts: ReadonlyMap<string, NormalizeContext>
  /** Of the reference and its siblings. */
  readonly noiseContexts: ReadonlyMap<string, NormalizeContext>
  readonly fired: RuleCounts
  readonly declarations: readonly Declaration[]
}

/** The observations of a target by their key. */
export type Aligned = ReadonlyMap<string, AlignedObservation>

/** A target that takes part in the comparison of a check. */
export interface Side {
  readonly target: Target
  readonly context: NormalizeContext
  readonly passed: boolean
  readonly observations: Aligned
}
