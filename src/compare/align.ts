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

/** Keys by what was literally asked for, shared by all targets of a check. */
export type KnownKeys = Map<string, string>

/**
 * Names each observation of one attempt. What another target has asked for in the same words has the key of that one:
 * a command that names an architecture says it on every target, and only on one is it the target's own. All else is
 * found by its normalised words. Adds its keys to `known`.
 */
export function alignObservations(
  observations: readonly Observation[],
  context: NormalizeContext,
  known: KnownKeys = new Map(),
): ReadonlyMap<string, AlignedObservation> {
  const countLabels = countNames()
  const countNormal = countNames()
  const named = observations.map(observation => {
    const label = labelObservation(observation)
    const normal = joinNormal(normalizeText(label, context, new Map()))
    const literal = countLabels(`${observation.kind} ${label}`)
    const { name, ordinal } = countNormal(`${observation.kind} ${normal}`)
    const shared = known.get(literal.name)
    return { observation, label, ordinal, literal: literal.name, shared, key: shared ?? name }
  })
  const taken = new Set(named.flatMap(({ shared }) => shared ?? []))
  const aligned = new Map<string, AlignedObservation>()
  for (const { observation, label, ordinal, literal, shared, key: wanted } of named) {
    const key = shared === undefined && taken.has(wanted) ? `${wanted} (${literal})` : wanted
    if (shared === undefined) known.set(literal, key)
    aligned.set(key, { key, label, ordinal, observation })
  }
  return aligned
}

/** Numbers equal names: `ls #0`, `ls #1`. */
function countNames(): (name: string) => { name: string; ordinal: number } {
  const seen = new Map<string, number>()
  return name => {
    const ordinal = seen.get(name) ?? 0
    seen.set(name, ordinal + 1)
    return { name: `${name} #${ordinal}`, ordinal }
  }
}
