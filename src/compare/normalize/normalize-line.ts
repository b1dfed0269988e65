import type { NormalizeContext } from './context.js'
import { isEmulatorSetting } from './process-rules.js'
import { NORMALIZE_RULES, type NormalizeRule } from './rules.js'

/** A line as it was, and as it is compared. */
export interface NormalLine {
  readonly raw: string
  readonly normal: string
  /** Its number in the text that it comes from, from 1. */
  readonly number?: number
}

/** Counts, by rule name, the lines that a rule changed. */
export type RuleCounts = Map<string, number>

/**
 * Applies every rule to every line of a text. Lines that a rule leaves out are missing from the result; `fired`
 * collects which rules changed something.
 */
export function normalizeText(
  text: string,
  context: NormalizeContext,
  fired: RuleCounts,
  rules: readonly NormalizeRule[] = [...NORMALIZE_RULES, ...context.own],
): NormalLine[] {
  const result: NormalLine[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const normal = normalizeLine(raw, context, fired, rules)
    if (normal !== null) result.push({ raw, normal, number: index + 1 })
  }
  return result
}

function normalizeLine(
  raw: string,
  context: NormalizeContext,
  fired: RuleCounts,
  rules: readonly NormalizeRule[],
): string | null {
  let line = raw
  for (const rule of rules) {
    const next = rule.apply(line, context)
    if (next === line) continue
    fired.set(rule.name, (fired.get(rule.name) ?? 0) + 1)
    if (next === null) return null
    line = next
  }
  return line
}

/** Normalises every string of a JSON value, keys included. */
export function normalizeJson(value: unknown, context: NormalizeContext, fired: RuleCounts): unknown {
  if (typeof value === 'string') return joinNormal(normalizeText(value, context, fired))
  if (Array.isArray(value)) return value.map(item => normalizeJson(item, context, fired))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => !isEmulatorSetting(key))
  const dropped = Object.keys(value).length - entries.length
  if (dropped > 0) fired.set('emulator-settings', (fired.get('emulator-settings') ?? 0) + dropped)
  return Object.fromEntries(
    entries.map(([key, item]) => [
      joinNormal(normalizeText(key, context, fired)),
      normalizeJson(item, context, fired),
    ]),
  )
}

/** A key of a JSON object as it is compared. */
export function normalizeKey(key: string, context: NormalizeContext): string {
  return joinNormal(normalizeText(key, context, new Map()))
}

/** The text that is compared. */
export function joinNormal(lines: readonly NormalLine[]): string {
  return lines.map(line => line.normal).join('\n')
}
