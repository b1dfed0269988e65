import { isMap, isScalar, isSeq } from 'yaml'
import { compilePattern } from '../compile-pattern.js'
import { readAnyEntries, readItems, rejectValue, type SuiteValue } from '../suite-value.js'
import type { Plain } from './goss-suite.js'
import { readJsonPath } from './json-path.js'
import { MATCHER_NAMES, type MatcherName } from './match.js'
import { readPattern } from './patterns.js'
import { isAbsent, readPlain } from './read-plain.js'
import { readVersionRange } from './semver.js'

/**
 * Reads a matcher: a plain value, a list of matchers, or one of goss's words with its argument. Throws SUITE_INVALID,
 * with the line, for a word or an argument that goss does not know.
 */
export function readMatcher(value: SuiteValue): Plain {
  if (isAbsent(value)) rejectValue(value, 'must be a value or a matcher')
  if (isSeq(value.node)) return readItems(value).map(readMatcher)
  if (!isMap(value.node)) return readPlain(value)
  const entries = [...readAnyEntries(value)]
  const [[name, argument] = ['', value]] = entries
  if (entries.length !== 1)
    rejectValue(
      value,
      entries.length === 0
        ? 'must be a value or a matcher'
        : `has several matchers in one place: ${entries.map(([key]) => key).join(', ')}`,
      'Write and: [{ ... }, { ... }].',
    )
  if (!isMatcherName(name))
    rejectValue(argument, `is no matcher that is known; known are ${MATCHER_NAMES.join(', ')}`)
  return { [name]: ARGUMENTS[name](argument) }
}

/** Reads the matcher of text that goss reads line by line, where a list holds patterns. */
export function readTextMatcher(value: SuiteValue): Plain {
  return isSeq(value.node) ? readPatterns(value) : readMatcher(value)
}

const isMatcherName = (name: string): name is MatcherName => MATCHER_NAMES.includes(name as MatcherName)

/** How the argument of each matcher is read. */
const ARGUMENTS: Readonly<Record<MatcherName, (value: SuiteValue) => Plain>> = {
  equal: value => (isAbsent(value) ? rejectValue(value, 'must be a value') : readPlain(value)),
  'have-prefix': readArgumentText,
  'have-suffix': readArgumentText,
  'contain-substring': readArgumentText,
  'match-regexp': value => check(value, readArgumentText(value), compilePattern),
  'have-len': readNumber,
  'have-patterns': readPatterns,
  'have-key': readMatcher,
  'contain-element': value => {
    const boolean = isScalar(value.node) && typeof value.node.value === 'boolean'
    if (boolean || isSeq(value.node)) rejectValue(value, 'must be a matcher, a text or a number')
    return readMatcher(value)
  },
  'contain-elements': readMatchers,
  'consist-of': readMatchers,
  not: readMatcher,
  and: readMatchers,
  or: readMatchers,
  gt: readNumber,
  ge: readNumber,
  lt: readNumber,
  le: readNumber,
  'semver-constraint': value => check(value, readArgumentText(value), readVersionRange),
  gjson: value => {
    if (!isMap(value.node)) rejectValue(value, 'must be a mapping of paths to matchers')
    const entries = [...readAnyEntries(value)]
    return Object.fromEntries(
      entries.map(([path, each]) => [check(each, path, readJsonPath), readMatcher(each)]),
    )
  },
}

function readMatchers(value: SuiteValue): Plain {
  if (!isSeq(value.node)) rejectValue(value, 'must be a list of matchers')
  return readItems(value).map(readMatcher)
}

function readPatterns(value: SuiteValue): Plain {
  if (!isSeq(value.node)) rejectValue(value, 'must be a list of patterns')
  return readItems(value).map(each => check(each, readArgumentText(each), readPattern))
}

function readArgumentText(value: SuiteValue): string {
  const plain = readPlain(value)
  return typeof plain === 'string' ? plain : rejectValue(value, 'must be a text; write it in quotation marks')
}

function readNumber(value: SuiteValue): number {
  const plain = readPlain(value)
  return typeof plain === 'number' ? plain : rejectValue(value, 'must be a number')
}

/** Tries what the judging will do with a text, so that a mistake has a line. */
function check(value: SuiteValue, text: string, read: (text: string) => unknown): string {
  try {
    read(text)
  } catch (error) {
    rejectValue(value, (error as Error).message)
  }
  return text
}
