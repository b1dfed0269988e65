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

/**
 * Names that several targets have word for word. A command that names a platform (`[ $(uname -m) = s390x ]`) is the same
 * command everywhere, though the word is only one target's own.
 */
export function findVerbatim(sides: readonly (readonly Observation[])[]): ReadonlySet<string> {
  const [first = [], ...others] = sides.map(side => side.map(nameObservation))
  const sets = others.map(names => new Set(names))
  return new Set(sets.length === 0 ? [] : first.filter(name => sets.every(set => set.has(name))))
}

function nameObservation(observation: Observation): string {
  return `${observation.kind} ${labelObservation(observation)}`
}

/** Names each observation of one attempt: by its label as it is where that is `verbatim`, else normalised. */
export function alignObservations(
  observations: readonly Observation[],
  context: NormalizeContext,
  verbatim: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, AlignedObservation> {
  const aligned = new Map<string, AlignedObservation>()
  const seen = new Map<string, number>()
  for (const observation of observations) {
    const label = labelObservation(observation)
    const raw = nameObservation(observation)
    const name = verbatim.has(raw)
      ? raw
      : `${observation.kind} ${joinNormal(normalizeText(label, context, new Map()))}`
    const ordinal = seen.get(name) ?? 0
    seen.set(name, ordinal + 1)
    const key = `${name} #${ordinal}`
    aligned.set(key, { key, label, ordinal, observation })
  }
  return aligned
}
