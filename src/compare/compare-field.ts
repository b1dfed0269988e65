import type { Difference, MaskNote, ValueClass } from './comparison.js'
import type { Field } from './fields.js'
import { findDifferingPaths, maskPaths, printJson } from './json-lines.js'
import { diffLines, shortenDiff } from './line-diff.js'
import { learnNoise, maskLines, renderPattern } from './noise.js'
import type { NormalizeContext } from './normalize/context.js'
import { type NormalLine, normalizeJson, normalizeText, type RuleCounts } from './normalize/normalize-line.js'

/** A field on one target. */
export interface FieldOnTarget {
  readonly target: string
  readonly field: Field
  readonly context: NormalizeContext
  /** OCI architecture of the target's platform. */
  readonly architecture: string
}

/** The same field in the reference's two passes. */
export interface FieldNoise {
  readonly main: FieldOnTarget
  readonly repeat: FieldOnTarget
}

export interface FieldComparison {
  readonly classes: readonly ValueClass[]
  /** Lines in which a class differs from the base, as they were. */
  readonly changes: ReadonlyMap<ValueClass, readonly string[]>
  readonly mask?: Pick<MaskNote, 'reason' | 'what'>
}

/** A field made ready to compare. */
interface Prepared {
  readonly target: string
  /** Equal exactly where the values count as equal. */
  readonly key: string
  readonly lines: readonly NormalLine[]
  /** Only where the kept lines are a part of what there was. */
  readonly partial?: { readonly sha256: string | undefined; readonly exactLines: boolean }
  readonly growing: boolean
}

/**
 * Sorts the targets into classes of equal values. `sides` has the base target first; one class means that there is
 * no difference. With `noise`, what differs between the reference's two passes is masked on every side.
 */
export function compareField(
  sides: readonly FieldOnTarget[],
  noise: FieldNoise | undefined,
  fired: RuleCounts,
): FieldComparison {
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

const NONE: FieldComparison['changes'] = new Map()

function describeClass(
  members: readonly Prepared[],
  base: Prepared,
): { described: ValueClass; changed: readonly string[] } {
  const first = members[0] as Prepared
  const isBase = members.includes(base)
  const lines = isBase ? [] : diffLines(base.lines, first.lines)
  return {
    described: {
      targets: members.map(member => member.target),
      base: isBase,
      value: previewLines(first.lines),
      diff: shortenDiff(lines),
    },
    changed: lines.filter(line => line.sign === '-' || line.sign === '+').map(line => line.text),
  }
}

const PREVIEW_LINES = 3
const PREVIEW_LENGTH = 200

function previewLines(lines: readonly NormalLine[]): string {
  const raw = lines.map(line => line.raw)
  if (raw.at(-1) === '') raw.pop()
  const shown = raw.slice(0, PREVIEW_LINES).map(line => line.slice(0, PREVIEW_LENGTH))
  if (raw.length > PREVIEW_LINES) shown.push(`… ${raw.length - PREVIEW_LINES} more lines`)
  return shown.join('\n')
}

interface Mask {
  readonly whole: boolean
  readonly reason: 'noise' | 'noise-lines' | 'noise-paths'
  readonly what: readonly string[]
  readonly maskText: (lines: readonly string[]) => string[]
  readonly maskJson: (value: unknown) => unknown
}

function learnMask(noise: FieldNoise): Mask | undefined {
  const { main, repeat } = noise
  const identity = { maskText: (lines: readonly string[]) => [...lines], maskJson: (value: unknown) => value }
  const silent: RuleCounts = new Map()
  if (main.field.kind === 'json' && repeat.field.kind === 'json') {
    const paths = findDifferingPaths(
      normalizeJson(main.field.value, main.context, silent),
      normalizeJson(repeat.field.value, repeat.context, silent),
    )
    if (paths.size === 0) return undefined
    if (paths.has('$')) return { ...identity, whole: true, reason: 'noise', what: [] }
    const what = [...paths.keys()]
    return {
      ...identity,
      whole: false,
      reason: 'noise-paths',
      what,
      maskJson: value => maskPaths(value, paths),
    }
  }
  const first = prepareField(main, undefined, silent)
  const second = prepareField(repeat, undefined, silent)
  if (first.key === second.key) return undefined
  if (main.field.kind !== 'content' || repeat.field.kind !== 'content') {
    const what = [`${previewLines(first.lines)} | ${previewLines(second.lines)}`]
    return { ...identity, whole: true, reason: 'noise', what }
  }
  const lines = first.lines.map(line => line.normal)
  const learned = learnNoise(
    lines,
    second.lines.map(line => line.normal),
  )
  if (learned === undefined || learned.kind === 'all')
    return { ...identity, whole: true, reason: 'noise', what: [] }
  return {
    ...identity,
    whole: false,
    reason: 'noise-lines',
    what: [...new Set(learned.patterns.map(renderPattern))],
    maskText: text => maskLines(text, learned, lines.length),
  }
}

function prepareField(side: FieldOnTarget, mask: Mask | undefined, fired: RuleCounts): Prepared {
  const { target, field, context } = side
  const whole = (raw: string, normal = raw): Prepared => {
    return { target, key: normal, lines: [{ raw, normal }], growing: false }
  }
  if (field.kind === 'exact') return whole(field.value)
  if (field.kind === 'machine') {
    const own = field.value === side.architecture
    if (own) fired.set('architecture-words', (fired.get('architecture-words') ?? 0) + 1)
    return whole(field.value, own ? '‹arch›' : field.value)
  }
  if (field.kind === 'json') {
    const normal = printJson(
      mask === undefined
        ? normalizeJson(field.value, context, fired)
        : mask.maskJson(normalizeJson(field.value, context, fired)),
    )
    const raw = printJson(field.value)
    const paired = raw.length === normal.length
    const lines = normal.map((line, index) => ({ raw: paired ? (raw[index] ?? line) : line, normal: line }))
    return { target, key: normal.join('\n'), lines, growing: false }
  }
  if (field.content.kind === 'binary') {
    const { bytes, sha256 } = field.content
    return whole(`${bytes} bytes that are not UTF-8 text, sha256 ${sha256.slice(0, 16)}…`, `binary ${sha256}`)
  }
  return prepareText(side, field.content, field.growing, mask, fired)
}

function prepareText(
  side: FieldOnTarget,
  content: Extract<Extract<Field, { kind: 'content' }>['content'], { kind: 'text' }>,
  growing: boolean,
  mask: Mask | undefined,
  fired: RuleCounts,
): Prepared {
  const normalized = normalizeText(content.text, side.context, fired)
  const masked = mask?.maskText(normalized.map(line => line.normal))
  const lines =
    masked === undefined ? normalized : normalized.map((line, i) => ({ ...line, normal: masked[i] ?? '' }))
  const text = lines.map(line => line.normal).join('\n')
  if (!content.truncated) return { target: side.target, key: text, lines, growing }
  // The cut falls at a byte, so the last kept line is a piece of one.
  const complete = lines.slice(0, -1)
  const exactLines =
    complete.every(line => line.raw === line.normal) &&
    complete.length === content.text.split('\n').length - 1
  return {
    target: side.target,
    key: `${text}\0${content.sha256 ?? ''}`,
    lines: complete,
    partial: { sha256: content.sha256, exactLines },
    growing,
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
    return { equal: true, note: { reason: 'kept-part', what: [] } }
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
