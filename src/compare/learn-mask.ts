import type { MaskNote } from './comparison.js'
import { findDifferingPaths, maskPaths } from './json-lines.js'
import { learnNoise, maskLines, renderPattern } from './noise.js'
import { normalizeJson, type RuleCounts } from './normalize/normalize-line.js'
import { type FieldMask, type FieldOnTarget, prepareField } from './prepare-field.js'
import { previewLines } from './preview-lines.js'

/** The same field in the reference's two passes. */
export interface FieldNoise {
  readonly main: FieldOnTarget
  readonly repeat: FieldOnTarget
}

/** What two passes taught about a field. */
export interface Mask extends FieldMask {
  /** Nothing of the field can be compared. */
  readonly whole: boolean
  readonly reason: Extract<MaskNote['reason'], 'noise' | 'noise-lines' | 'noise-paths'>
  readonly what: readonly string[]
}

/** Learns what differs between the reference's two passes; undefined where nothing does. */
export function learnMask(noise: FieldNoise): Mask | undefined {
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
