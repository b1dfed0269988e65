import type { Field } from './fields.js'
import type { JsonSide } from './json-diff.js'
import { printJson } from './json-lines.js'
import { restoreNumbers } from './json-text.js'
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

/** A field made ready to compare. */
export interface Prepared {
  readonly target: string
  /** Equal exactly where the values count as equal. */
  readonly key: string
  readonly lines: readonly NormalLine[]
  /** Only where the kept lines are a part of what there was. */
  readonly partial?: {
    readonly sha256: string | undefined
    readonly exactLines: boolean
    /** The beginning of a line at which the kept part ends. */
    readonly tail: NormalLine | undefined
    /** Bytes kept, and bytes that there were. */
    readonly kept: number
    readonly bytes: number
  }
  readonly growing: boolean
  readonly json?: JsonSide
  readonly binary?: { readonly kept: string; readonly bytes: number }
}

/** What is replaced by `‹noise›` before values are compared. */
export interface FieldMask {
  readonly maskText: (lines: readonly string[]) => string[]
  readonly maskJson: (value: unknown) => unknown
}

/** Normalises a field and masks its noise. */
export function prepareField(side: FieldOnTarget, mask: FieldMask | undefined, fired: RuleCounts): Prepared {
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
    const normalized = normalizeJson(field.value, context, fired)
    const value = mask === undefined ? normalized : mask.maskJson(normalized)
    const normal = printJson(value)
    const raw = printJson(field.value)
    const paired = raw.length === normal.length
    const lines = normal.map((line, index) => ({
      raw: restoreNumbers(paired ? (raw[index] ?? line) : line),
      normal: line,
    }))
    const json = { normal: value, raw: field.value, context }
    return { target, key: normal.join('\n'), lines, growing: false, json }
  }
  if (field.content.kind === 'binary') {
    const { bytes, sha256, kept } = field.content
    const shown = `${bytes} bytes that are not UTF-8 text, sha256 ${sha256.slice(0, 16)}…`
    return { ...whole(shown, `binary ${sha256}`), binary: { kept, bytes } }
  }
  return prepareText(side, field.content, field.growing, mask, fired)
}

function prepareText(
  side: FieldOnTarget,
  content: Extract<Extract<Field, { kind: 'content' }>['content'], { kind: 'text' }>,
  growing: boolean,
  mask: FieldMask | undefined,
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
    partial: {
      sha256: content.sha256,
      exactLines,
      tail: lines.at(-1),
      kept: Buffer.byteLength(content.text),
      bytes: content.bytes,
    },
    growing,
  }
}
