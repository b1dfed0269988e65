import type { Difference, MaskNote, ValueClass } from './comparison.js'
import { describeChange } from './describe-change.js'
import { type FieldNoise, learnMask } from './learn-mask.js'
import { shortenDiff } from './line-diff.js'
import type { NormalLine, RuleCounts } from './normalize/normalize-line.js'
import { type FieldOnTarget, type Prepared, prepareField } from './prepare-field.js'
import { previewLines } from './preview-lines.js'

export interface FieldComparison {
  readonly classes: readonly ValueClass[]
  /** Lines in which a class differs from the base, as they were. */
  readonly changes: ReadonlyMap<ValueClass, readonly string[]>
  readonly mask?: Pick<MaskNote, 'reason' | 'what'>
}

/**
 * Sorts the targets into classes of equal values. `given` has the base target first; one class means that there is
 * no difference. With `learned`, what differs between the reference's two passes is masked on every side.
 */
export function compareField(
  given: readonly FieldOnTarget[],
  learned: FieldNoise | undefined,
  fired: RuleCounts,
): FieldComparison {
  const { sides, noise } = readStructures(given, learned)
  const mask = noise === undefined ? undefined : learnMask(noise)
  if (mask?.whole === true) return { classes: [], changes: NONE, mask: { reason: 'noise', what: mask.what } }
  const prepared = sides.map(side => prepareField(side, mask, fired))
  const base = prepared[0]
  if (base === undefined) return { classes: [], changes: NONE }
  let partly: Pick<MaskNote, 'reason' | 'what'> | undefined
  const groups = new Map<string, Prepared[]>()
  for (const side of prepared) {
    const relation = relateToBase(side, base)
    if (relation.note !== undefined) partly = relation.note
    const key = relation.equal ? base.key : side.key
    groups.set(key, [...(groups.get(key) ?? []), side])
  }
  const changes = new Map<ValueClass, readonly string[]>()
  const classes = [...groups.values()].map(members => {
    const { described, changed } = describeClass(members, base)
    changes.set(described, changed)
    return described
  })
  const note = mask === undefined ? partly : { reason: mask.reason, what: mask.what }
  return note === undefined ? { classes, changes } : { classes, changes, mask: note }
}

/** Texts that are JSON on all sides are compared as what they say. */
function readStructures(sides: readonly FieldOnTarget[], noise: FieldNoise | undefined) {
  const all = noise === undefined ? sides : [...sides, noise.main, noise.repeat]
  if (!all.every(({ field }) => field.kind === 'content' && field.structure !== undefined))
    return { sides, noise }
  const read = (side: FieldOnTarget): FieldOnTarget => {
    if (side.field.kind !== 'content' || side.field.structure === undefined) return side
    return { ...side, field: { kind: 'json', value: side.field.structure.value } }
  }
  return {
    sides: sides.map(read),
    noise: noise === undefined ? undefined : { main: read(noise.main), repeat: read(noise.repeat) },
  }
}

const NONE: FieldComparison['changes'] = new Map()

function describeClass(
  members: readonly Prepared[],
  base: Prepared,
): { described: ValueClass; changed: readonly string[] } {
  const first = members[0] as Prepared
  const isBase = members.includes(base)
  const { notes, lines } = isBase ? { notes: [], lines: [] } : describeChange(base, first)
  return {
    described: {
      targets: members.map(member => member.target),
      base: isBase,
      value: previewLines(first.lines),
      diff: [...notes, ...shortenDiff(lines)],
    },
    changed: lines.filter(line => line.sign === '-' || line.sign === '+').map(line => line.text),
  }
}

/** Whether a side counts as equal to the base, and what had to be left out to say so. */
function relateToBase(
  side: Prepared,
  base: Prepared,
): { equal: boolean; note?: Pick<MaskNote, 'reason' | 'what'> } {
  if (side === base || side.key === base.key) return { equal: true }
  if (side.partial !== undefined && base.partial !== undefined) {
    if (side.partial.sha256 !== undefined && side.partial.sha256 === base.partial.sha256)
      return { equal: true }
    if (!startsAlike(side, base)) return { equal: false }
    // Where nothing was normalised the hash of everything decides; else only the kept part can be compared.
    if (side.partial.exactLines && base.partial.exactLines) return { equal: false }
    const kept = Math.min(side.partial.kept, base.partial.kept)
    return { equal: true, note: { reason: 'kept-part', what: [`from byte ${kept} on`] } }
  }
  // What a server has logged so far depends on when it was asked.
  if (side.growing && startsAlike(side, base))
    return { equal: true, note: { reason: 'still-growing', what: [] } }
  return { equal: false }
}

function startsAlike(side: Prepared, base: Prepared): boolean {
  const a = dropTail(side.lines)
  const b = dropTail(base.lines)
  const common = Math.min(a.length, b.length)
  for (let index = 0; index < common; index += 1) if (a[index]?.normal !== b[index]?.normal) return false
  return true
}

function dropTail(lines: readonly NormalLine[]): readonly NormalLine[] {
  return lines.at(-1)?.normal === '' ? lines.slice(0, -1) : lines
}

/** Puts a field's classes into a difference; undefined where all targets agree. */
export function toDifference(
  name: Pick<Difference, 'kind' | 'label' | 'ordinal' | 'field'>,
  classes: readonly ValueClass[],
): Difference | undefined {
  return classes.length < 2 ? undefined : { ...name, classes }
}
