import { type DeclaredDifference, FIELD_NAMES } from '../../model/declared.js'
import {
  readChoice,
  readEntries,
  readFlag,
  readItems,
  readText,
  rejectValue,
  requireText,
  type SuiteValue,
} from '../suite-value.js'
import { requirePattern } from './read-parts.js'
import { readPlatforms } from './read-platforms.js'

export const DIFFERENCE_KEYS = [
  'field',
  'platforms',
  'contains',
  'pattern',
  'status',
  'reason',
  'expires',
] as const

/** Declared differences as the configuration has them, without the check that they are about: it is the one they stand in. */
export function readDifferences(value: SuiteValue): DeclaredDifference[] {
  return readItems(value).map(each => {
    const entries = readEntries(each, DIFFERENCE_KEYS)
    const field = readChoice(entries.get('field'), FIELD_NAMES)
    const platforms = entries.get('platforms')
    const contains = readText(entries.get('contains'))
    const pattern = readText(entries.get('pattern'))
    const status = readFlag(entries.get('status'), false)
    const expires = entries.get('expires')
    if (pattern !== '') requirePattern(entries.get('pattern') ?? each, pattern)
    if (status && platforms === undefined)
      rejectValue(each, 'needs platforms beside status: a check may fail on named platforms only')
    if (status && field !== undefined)
      rejectValue(entries.get('field') ?? each, 'cannot stand beside status, which is about no field')
    return {
      ...(field === undefined ? {} : { field }),
      ...(platforms === undefined ? {} : { platforms: readPlatforms(platforms, each) }),
      ...(contains === '' ? {} : { contains }),
      ...(pattern === '' ? {} : { pattern }),
      ...(status ? { status } : {}),
      reason: requireText(entries.get('reason'), each, 'reason'),
      ...(expires === undefined ? {} : { expires: readDay(expires) }),
      source: `${each.source.file}:${each.line}`,
    }
  })
}

function readDay(value: SuiteValue): string {
  const text = readText(value)
  const isDay =
    /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
  return isDay ? text : rejectValue(value, 'must be a day that there is, as YYYY-MM-DD')
}
