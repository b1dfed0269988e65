import type { z } from 'zod'
import { ArchparityError } from '../errors.js'
import { type ArchparityConfig, configSchema } from './schema.js'

/**
 * Checks a configuration. Throws CONFIG_INVALID naming `source`, each bad key, its value and what is allowed,
 * with the key that was probably meant where one is unknown.
 */
export function validateConfig(value: unknown, source: string): ArchparityConfig {
  const result = configSchema.safeParse(value)
  if (result.success) return dropUndefined(result.data) as ArchparityConfig
  const problems = result.error.issues.flatMap(issue => describeIssue(issue, value))
  throw new ArchparityError('CONFIG_INVALID', `${source}: ${problems.join('; ')}`, {
    hint: `Settings are: ${Object.keys(configSchema.shape).join(', ')}.`,
    details: { source, problems },
  })
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => {
      const place = issue.path.length === 0 ? key : `${issue.path.join('.')}.${key}`
      const near = place === key ? findNearest(key, Object.keys(configSchema.shape)) : undefined
      return `unknown setting ${JSON.stringify(place)}${near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`}`
    })
  }
  const key = issue.path.join('.')
  const given = issue.path.reduce<unknown>(
    (each, part) => (each as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  )
  const shown = given === undefined ? '' : ` (is ${showValue(given)})`
  return [key === '' ? issue.message : `${key}${shown}: ${issue.message}`]
}

function showValue(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? typeof value
    return hidePasswords(text).slice(0, 80)
  } catch {
    // A bigint, or an object that holds itself.
    return typeof value
  }
}

/** `ssh://user:secret@host` → `ssh://user:***@host`. */
function hidePasswords(text: string): string {
  return text.replace(/(:\/\/[^/@:"]*:)[^/"]*@/g, '$1***@')
}

function dropUndefined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

/** The candidate at the smallest edit distance, if that is small enough to be a typing error. */
export function findNearest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map(candidate => ({ candidate, distance: measureDistance(text.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, text.length / 3) ? best.candidate : undefined
}

/** Levenshtein distance. */
function measureDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost))
    }
    row = next
  }
  return row[b.length] ?? 0
}
