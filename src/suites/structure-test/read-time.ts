import { readText, rejectValue, type SuiteValue } from '../suite-value.js'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds: a number with `ms`, `s`, `m` or `h`, at most a day. */
export function readTime(value: SuiteValue): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(readText(value))
  const milliseconds = match === null ? 0 : Math.round(Number(match[1]) * (UNITS[match[2] ?? 'ms'] ?? 1))
  if (milliseconds >= 1 && milliseconds <= 24 * 3_600_000) return milliseconds
  return rejectValue(value, 'must be a number with ms, s, m or h, at most a day: 500ms, 90s, 2m')
}
