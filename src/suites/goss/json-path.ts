import { isList, isRecord } from './convert.js'
import type { Plain } from './goss-suite.js'

/** A path of keys and places, as far as gjson's syntax is supported. */
export type JsonPath = readonly string[]

/**
 * Reads a path of gjson (github.com/tidwall/gjson, SYNTAX.md): names and places joined by dots, `\.` for a dot in a
 * name, `#` for a list's length or each of its items, `@this`. Throws an Error for the rest of that syntax.
 */
export function readJsonPath(text: string): JsonPath {
  if (text === '@this') return []
  const steps: string[] = []
  let step = ''
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string
    if (letter === '.') {
      steps.push(step)
      step = ''
    } else if (letter === '\\' && at + 1 < text.length) {
      at += 1
      step += text[at]
    } else if (/[|*?@!{}[\]()]/.test(letter))
      throw new Error(`${JSON.stringify(letter)} of gjson’s syntax is not supported: ${JSON.stringify(text)}`)
    else step += letter
  }
  return [...steps, step]
}

/** What a path leads to; undefined where there is nothing. */
export function followJsonPath(value: Plain, path: JsonPath): Plain | undefined {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (isList(value)) {
    if (step !== '#') {
      const item = /^\d+$/.test(step) ? value[Number(step)] : undefined
      return item === undefined ? undefined : followJsonPath(item, rest)
    }
    if (rest.length === 0) return value.length
    return value.flatMap(each => {
      const found = followJsonPath(each, rest)
      return found === undefined ? [] : [found]
    })
  }
  if (!isRecord(value) || !Object.hasOwn(value, step)) return undefined
  return followJsonPath(value[step] as Plain, rest)
}
