import { compareText } from '../model/platform.js'

/** A place inside a JSON value: `$.items[2].id`. */
export type JsonPath = string

/** Prints a JSON value one item a line with sorted keys, so that equal values print the same. */
export function printJson(value: unknown): string[] {
  return JSON.stringify(sortKeys(value) ?? null, undefined, 2).split('\n')
}

/** The same value with the keys of its objects in byte order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b))
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]))
}

/** What differs at a path: its value, or whether the key is there at all. */
export type PathDifference = 'value' | 'presence'

/** The paths at which two values differ, each as near to the leaves as the shapes allow. */
export function findDifferingPaths(a: unknown, b: unknown): ReadonlyMap<JsonPath, PathDifference> {
  const found = new Map<JsonPath, PathDifference>()
  collectDifferences(a, b, '$', found)
  return found
}

function collectDifferences(
  a: unknown,
  b: unknown,
  path: JsonPath,
  found: Map<JsonPath, PathDifference>,
): void {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index, item] of a.entries()) collectDifferences(item, b[index], `${path}[${index}]`, found)
  } else if (isRecord(a) && isRecord(b)) {
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareText)) {
      const inner = joinPath(path, key)
      if (Object.hasOwn(a, key) && Object.hasOwn(b, key)) collectDifferences(a[key], b[key], inner, found)
      else found.set(inner, 'presence')
    }
  } else if (!Object.is(a, b)) {
    found.set(path, 'value')
  }
}

/** Replaces the values at the given paths, and removes the keys that come and go. */
export function maskPaths(
  value: unknown,
  paths: ReadonlyMap<JsonPath, PathDifference>,
  path: JsonPath = '$',
): unknown {
  if (paths.get(path) === 'value') return '‹noise›'
  if (Array.isArray(value)) return value.map((item, index) => maskPaths(item, paths, `${path}[${index}]`))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([key]) => paths.get(joinPath(path, key)) !== 'presence')
  return Object.fromEntries(entries.map(([key, item]) => [key, maskPaths(item, paths, joinPath(path, key))]))
}

const MAX_DEPTH = 200

/** Whether a value is nested so deeply that walking it is not safe. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    level = level.flatMap(item => (typeof item === 'object' && item !== null ? Object.values(item) : []))
    if (level.length === 0) return false
  }
  return true
}

/** The place of a key of the object at a place. */
export function joinPath(path: JsonPath, key: string): JsonPath {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
