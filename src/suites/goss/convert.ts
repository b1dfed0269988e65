import type { Plain } from './goss-suite.js'
import { MatchError } from './match-error.js'
import { showValue } from './show-value.js'

/** A list as lines, anything else as Go's `%v` writes it. */
export function toText(value: Plain): string {
  if (isList(value)) return value.map(writeValue).join('\n')
  return writeValue(value)
}

/** A number; texts are read as one. Throws a MatchError for what is none. */
export function toNumber(value: Plain): number {
  if (typeof value === 'number') return value
  const text = typeof value === 'string' ? value : isList(value) ? toText(value) : undefined
  const number = text === undefined ? undefined : readNumber(text.trim())
  if (number === undefined) throw new MatchError(`${showValue(value)} is no number`)
  return number
}

/** A text becomes its lines; the rest stays as it is. */
export const toList = (value: Plain): Plain => (typeof value === 'string' ? value.split('\n') : value)

export const isList = (value: Plain | undefined): value is readonly Plain[] => Array.isArray(value)

export const isRecord = (value: Plain | undefined): value is { readonly [key: string]: Plain } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readNumber(text: string): number | undefined {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text)
  const infinite = /^([-+]?)inf(inity)?$/i.exec(text)
  return infinite === null ? undefined : infinite[1] === '-' ? -Infinity : Infinity
}

function writeValue(value: Plain): string {
  if (value === null) return '<nil>'
  if (isList(value)) return `[${value.map(writeValue).join(' ')}]`
  if (isRecord(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${entries.map(([key, each]) => `${key}:${writeValue(each)}`).join(' ')}]`
  }
  return String(value)
}
