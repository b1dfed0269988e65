import { compilePattern } from '../compile-pattern.js'
import {
  readEntries,
  readItems,
  readText,
  rejectValue,
  requireText,
  type SuiteValue,
} from '../suite-value.js'
import type { Variable } from './structure-suite.js'

/** Patterns of Go's syntax; each is tried here, so that a mistake has a line. */
export function readPatterns(value: SuiteValue | undefined): string[] {
  return readItems(value).map(each => requirePattern(each, readText(each)))
}

export function requirePattern(value: SuiteValue, source: string): string {
  try {
    compilePattern(source)
  } catch (error) {
    rejectValue(
      value,
      `${(error as Error).message}: ${JSON.stringify(source)}`,
      'Patterns have Go’s syntax (RE2).',
    )
  }
  return source
}

/** Variables that are set; neither the key nor the value may be empty. */
export function readVariables(value: SuiteValue | undefined): Variable[] {
  return readItems(value).map(each => {
    const entries = readEntries(each, ['key', 'value', 'isRegex'])
    const key = requireText(entries.get('key'), each, 'key')
    if (/[=\0]/.test(key)) rejectValue(entries.get('key') ?? each, 'must not hold = or NUL')
    return { key, value: requireText(entries.get('value'), each, 'value') }
  })
}
