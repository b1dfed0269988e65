import type { Plain } from './goss-suite.js'

const MAX_SHOWN = 500

/** A value for people: as JSON, cut where it is long. */
export function showValue(value: Plain): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text
}
