import type { Observation } from '../model/observation.js'
import type { Target } from '../model/target.js'
import { type AlignedObservation, alignObservations, type KnownKeys } from './align.js'
import { compareField, toDifference } from './compare-field.js'
import type { CheckComparison, Difference, MaskNote } from './comparison.js'
import type { Declaration } from './declarations.js'
import { type Candidate, findDeclaredFailures, splitDeclared } from './declare.js'
import { type Field, listFields } from './fields.js'
import { type NormalizeContext, narrowContext } from './normalize/context.js'
import type { RuleCounts } from './normalize/normalize-line.js'
import { VOLATILE_HEADERS } from './normalize/rules.js'
import type { FieldOnTarget } from './prepare-field.js'
import { type CheckRecord, lastAttempt } from './run-record.js'
import { isDecided } from './settle-results.js'
import { chooseReference, findSiblings } from './siblings.js'

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

type Aligned = ReadonlyMap<string, AlignedObservation>

interface Side {
  readonly target: Target
  readonly context: NormalizeContext
  readonly passed: boolean
  readonly observations: Aligned
}

/**
 * Compares what one check saw on every target on which it decided (passed or failed). Where a sibling of the reference
 * decided it in the reference's place, that one is the measure.
 */
export function compareCheck(record: CheckRecord, run: CompareWorld): CheckComparison {
  const decided = (target: Target) => isDecided(record.results.get(target.id))
  const world = { ...run, reference: chooseReference(run.reference, run.targets, decided) }
  const known: KnownKeys = new Map()
  const sides = listSides(record, world, known)
  const noise = readNoise(record, world, known)
  const found: Candidate[] = []
  const masks: MaskNote[] = []
  const base = sides[0]
  const keys = [...new Set(sides.flatMap(side => [...side.observations.keys()]))]
  const noisyKinds = countNoisyLabels(base, noise)
  for (const key of keys) {
    const present = sides.filter(side => side.observations.has(key))
    const absent = sides.filter(side => !side.observations.has(key) && side.passed)
    const sample = present[0]?.observations.get(key)
    if (sample === undefined) continue
    const name = { kind: sample.observation.kind, label: sample.label, ordinal: sample.ordinal }
    if (absent.length > 0) {
      if (isNoisyLabel(key, sample.observation.kind, base, noise, noisyKinds)) {
        masks.push({ kind: name.kind, label: name.label, field: 'observed', reason: 'noise-label', what: [] })
      } else {
        const difference = describeAbsence(name, present, absent, sides)
        found.push({ difference, changes: new Map(), expected: new Map() })
      }
    }
    if (present.length < 2) continue
    if (present.some(side => hasVolatileHeaders(side.observations.get(key)?.observation))) {
      world.fired.set('volatile-headers', (world.fired.get('volatile-headers') ?? 0) + 1)
    }
    compareFields(record.check.id, key, name, present, noise, world, { differences: found, masks })
  }
  const failures = findDeclaredFailures(record, world.targets, world.declarations)
  const parted = found.map(one =>
    splitDeclared(one, record.check.id, world.targets, world.declarations, failures),
  )
  const unstable = findInstability(record, world.reference)
  return {
    check: record.check,
    statuses: new Map([...record.results].map(([target, result]) => [target, result.status])),
    compared: world.targets
      .filter(target => sides.some(side => side.target.id === target.id))
      .map(one => one.id),
    differences: parted.flatMap(one => one.left ?? []),
    declared: parted.flatMap(one => one.declared),
    declaredFailures: failures,
    masks: dropDuplicates(masks),
    ...(unstable === undefined ? {} : { unstable }),
  }
}

/** The targets that take part; the one that the others are shown against comes first. */
function listSides(record: CheckRecord, world: CompareWorld, known: KnownKeys): Side[] {
  const sides = world.targets.flatMap(target => {
    const status = record.results.get(target.id)?.status
    const context = world.contexts.get(target.id)
    if (context === undefined || (status !== 'passed' && status !== 'failed')) return []
    return [{ target, context, passed: status === 'passed' }]
  })
  // A reference that failed is no measure while another target passed.
  const weight = (side: Omit<Side, 'observations'>) =>
    (side.passed ? 2 : 0) + (side.target === world.reference ? 1 : 0)
  return sides
    .sort((a, b) => weight(b) - weight(a))
    .map(side => ({
      ...side,
      observations: alignObservations(
        lastAttempt(record.observations, side.target.id),
        narrowContext(side.context, record.check.id),
        known,
      ),
    }))
}

/**
 * The reference's observations in its second run, where that run decided as the first did. Where the second run was on
 * a sibling, that one's: what differs between two hosts that run the same bytes is no platform's doing either.
 */
function readNoise(
  record: CheckRecord,
  world: CompareWorld,
  known: KnownKeys,
): { main: Side; repeat: Aligned; context: NormalizeContext } | undefined {
  const { reference } = world
  if (reference === undefined) return undefined
  const status = record.results.get(reference.id)?.status
  if (status !== 'passed' && status !== 'failed') return undefined
  const again = [reference, ...findSiblings(reference, world.targets)].find(one => record.noise.has(one.id))
  const repeated = world.noiseContexts.get(again?.id ?? '')
  const context = world.contexts.get(reference.id)
  if (again === undefined || repeated === undefined || context === undefined) return undefined
  if (record.noise.get(again.id)?.status !== status) return undefined
  const observations = alignObservations(
    lastAttempt(record.observations, reference.id),
    narrowContext(context, record.check.id),
    known,
  )
  const repeat = alignObservations(
    lastAttempt(record.noiseObservations, again.id),
    narrowContext(repeated, record.check.id),
    known,
  )
  const main = { target: reference, context, passed: status === 'passed', observations }
  return { main, repeat, context: repeated }
}

type Noise = ReturnType<typeof readNoise>

/** How many labels of each kind the reference has in one of its passes only (a random name in a command). */
function countNoisyLabels(base: Side | undefined, noise: Noise): Map<string, number> {
  const counts = new Map<string, number>()
  if (base === undefined || noise === undefined) return counts
  for (const [key, aligned] of noise.main.observations) {
    const { kind } = aligned.observation
    if (!noise.repeat.has(key)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** Whether a key that not all have is explained by labels that vary from run to run. */
function isNoisyLabel(
  key: string,
  kind: Observation['kind'],
  base: Side | undefined,
  noise: Noise,
  noisy: ReadonlyMap<string, number>,
): boolean {
  if (noise === undefined || base === undefined) return false
  const inMain = noise.main.observations.has(key)
  const inRepeat = noise.repeat.has(key)
  if (inMain !== inRepeat) return true
  return !inMain && (noisy.get(kind) ?? 0) > 0
}

function describeAbsence(
  name: Pick<Difference, 'kind' | 'label' | 'ordinal'>,
  present: readonly Side[],
  absent: readonly Side[],
  sides: readonly Side[],
): Difference {
  const base = sides[0]
  const basePresent = base !== undefined && present.includes(base)
  const make = (group: readonly Side[], isPresent: boolean) => ({
    targets: group.map(side => side.target.id),
    base: basePresent === isPresent,
    value: isPresent ? 'observed' : 'not observed',
    diff: [],
  })
  const classes = [make(present, true), make(absent, false)]
  return { ...name, field: 'observed', classes: basePresent ? classes : classes.reverse() }
}

function compareFields(
  check: string,
  key: string,
  name: Pick<Difference, 'kind' | 'label' | 'ordinal'>,
  present: readonly Side[],
  noise: Noise,
  world: CompareWorld,
  found: { differences: Candidate[]; masks: MaskNote[] },
): void {
  const fields = new Map(
    present.map(side => [side, listFields((side.observations.get(key) as AlignedObservation).observation)]),
  )
  const names = [...new Set([...fields.values()].flatMap(map => [...map.keys()]))]
  const first = noise?.main.observations.get(key)
  const second = noise?.repeat.get(key)
  const learned =
    first && second
      ? { main: listFields(first.observation), repeat: listFields(second.observation) }
      : undefined
  for (const field of names) {
    const put = (target: Target, context: NormalizeContext, value: Field | undefined) =>
      place(target, narrowContext(context, check, field), value)
    const sides = present.flatMap(side => put(side.target, side.context, fields.get(side)?.get(field)))
    const main = noise && put(noise.main.target, noise.main.context, learned?.main.get(field))[0]
    const repeat = noise && put(noise.main.target, noise.context, learned?.repeat.get(field))[0]
    const both = main && repeat ? { main, repeat } : undefined
    const { classes, changes, mask } = compareField(sides, both, world.fired)
    const difference = toDifference({ ...name, field }, classes)
    if (difference !== undefined) found.differences.push({ difference, changes, expected: new Map() })
    if (mask !== undefined) found.masks.push({ kind: name.kind, label: name.label, field, ...mask })
  }
}

function place(target: Target, context: NormalizeContext, field: Field | undefined): FieldOnTarget[] {
  return field === undefined
    ? []
    : [{ target: target.id, field, context, architecture: target.platform.architecture }]
}

function hasVolatileHeaders(observation: Observation | undefined): boolean {
  if (observation?.kind !== 'http') return false
  return Object.keys(observation.headers ?? {}).some(name => VOLATILE_HEADERS.has(name.toLowerCase()))
}

function findInstability(record: CheckRecord, reference: Target | undefined): CheckComparison['unstable'] {
  if (reference === undefined) return undefined
  const main = record.results.get(reference.id)?.status
  const noise = record.noise.get(reference.id)?.status
  if (main === undefined || noise === undefined || main === noise) return undefined
  const isFlip = [record.results, record.noise].every(results => isDecided(results.get(reference.id)))
  return isFlip ? { target: reference.id, main, noise } : undefined
}

function dropDuplicates(masks: readonly MaskNote[]): MaskNote[] {
  const seen = new Map(masks.map(mask => [JSON.stringify(mask), mask]))
  return [...seen.values()]
}
