import type { Observation } from '../model/observation.js'
import { labelObservation } from './fields.js'
import type { NormalizeContext } from './normalize/context.js'
import { joinNormal, normalizeText } from './normalize/normalize-line.js'

/** An observation with the name under which its counterparts on other targets are found. */
export interface AlignedObservation {
  /** Kind, normalised label and how many of the same came before; equal on targets that did the same. */
  readonly key: string
  readonly label: string
  readonly ordinal: number
  readonly observation: Observation
}

/** Names each observation of one attempt. */
export function alignObservations(
  observations: readonly Observation[],
  context: NormalizeContext,
): ReadonlyMap<string, AlignedObservation> {
  const aligned = new Map<string, AlignedObservation>()
  const seen = new Map<string, number>()
  for (const observation of observations) {
    const label = labelObservation(observation)
    const name = `${observation.kind} ${joinNormal(normalizeText(label, context, new Map()))}`
    const ordinal = seen.get(name) ?? 0
    seen.set(name, ordinal + 1)
    const key = `${name} #${ordinal}`
    aligned.set(key, { key, label, ordinal, observation })
  }
  return aligned
}
