import { diffArrays } from 'diff'
import { compareText } from '../model/platform.js'
import { isRecord, type JsonPath, joinPath, sortKeys } from './json-lines.js'
import { showJson } from './json-text.js'
import type { DiffLine } from './line-diff.js'
import type { NormalizeContext } from './normalize/context.js'
import { normalizeKey } from './normalize/normalize-line.js'

/** A JSON value as it is compared, and as it was. */
export interface JsonSide {
  readonly normal: unknown
  readonly raw: unknown
  readonly context: NormalizeContext
}

const MAX_EDITS = 500

/** The places at which two values differ: a line `path: value` for each side that has something there. */
export function diffJson(before: JsonSide, after: JsonSide): DiffLine[] {
  const [left, right] = [traceRaw(before), traceRaw(after)]
  const lines: DiffLine[] = []
  const say = (sign: '-' | '+', path: JsonPath, value: unknown) => {
    const raw = sign === '-' ? left : right
    const shown = showJson(sortKeys(raw.has(path) ? raw.get(path) : value))
    lines.push({ sign, text: path === '$' ? shown : `${path}: ${shown}` })
  }
  const walk = (a: unknown, b: unknown, pathA: JsonPath, pathB: JsonPath): void => {
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length === b.length) {
        for (const [index, item] of a.entries())
          walk(item, b[index], `${pathA}[${index}]`, `${pathB}[${index}]`)
        return
      }
      const changes = diffArrays(a.map(printItem), b.map(printItem), { maxEditLength: MAX_EDITS })
      if (changes !== undefined) {
        let [i, j] = [0, 0]
        for (const { added, removed, count } of changes) {
          for (let step = 0; step < count; step += 1) {
            if (removed) say('-', `${pathA}[${i + step}]`, a[i + step])
            if (added) say('+', `${pathB}[${j + step}]`, b[j + step])
          }
          if (!added) i += count
          if (!removed) j += count
        }
        return
      }
    } else if (isRecord(a) && isRecord(b)) {
      for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareText)) {
        const [innerA, innerB] = [joinPath(pathA, key), joinPath(pathB, key)]
        const [inA, inB] = [Object.hasOwn(a, key), Object.hasOwn(b, key)]
        if (inA && inB) walk(a[key], b[key], innerA, innerB)
        else if (inA) say('-', innerA, a[key])
        else say('+', innerB, b[key])
      }
      return
    } else if (Object.is(a, b)) return
    say('-', pathA, a)
    say('+', pathB, b)
  }
  walk(before.normal, after.normal, '$', '$')
  return lines
}

const printItem = (item: unknown): string => JSON.stringify(sortKeys(item))

/** What stood at each place of a normalised value. */
function traceRaw({ raw, context }: JsonSide): ReadonlyMap<JsonPath, unknown> {
  const places = new Map<JsonPath, unknown>()
  const walk = (value: unknown, path: JsonPath): void => {
    places.set(path, value)
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`)
    if (!isRecord(value)) return
    for (const [key, item] of Object.entries(value)) walk(item, joinPath(path, normalizeKey(key, context)))
  }
  walk(raw, '$')
  return places
}
