import { compilePattern } from '../compile-pattern.js'
import { isList, isRecord, toList, toNumber, toText } from './convert.js'
import { describeMatcher } from './describe-matcher.js'
import type { Plain } from './goss-suite.js'
import { followJsonPath, readJsonPath } from './json-path.js'
import { MatchError } from './match-error.js'
import { listUnsatisfied } from './patterns.js'
import { readVersionRange } from './semver.js'
import { showValue } from './show-value.js'

/**
 * What keeps a value from matching, in one sentence; undefined where it matches. The matcher was checked before
 * (`readMatcher`). As in goss, one that cannot be applied to the value does not match, and neither does its `not`.
 */
export function explainMismatch(matcher: Plain, found: Plain): string | undefined {
  try {
    return matches(matcher, found)
      ? undefined
      : `is ${showValue(found)}, expected ${describeMatcher(matcher)}`
  } catch (error) {
    if (!(error instanceof MatchError)) throw error
    return `cannot be compared: ${error.message}; expected ${describeMatcher(matcher)}`
  }
}

/** The same for text that goss reads line by line: a list is one of patterns there. */
export function explainTextMismatch(matcher: Plain, text: string): string | undefined {
  if (!isList(matcher)) return explainMismatch(matcher, text)
  try {
    const missing = listUnsatisfied(matcher as readonly string[], text)
    if (missing.length === 0) return undefined
    const [absent, excluded] = [
      missing.filter(each => !each.startsWith('!')),
      missing.filter(each => each.startsWith('!')),
    ]
    const problems = [
      ...(absent.length === 0 ? [] : [`does not have ${absent.map(showPattern).join(', ')}`]),
      ...(excluded.length === 0 ? [] : [`has what ${excluded.map(showPattern).join(', ')} excludes`]),
    ]
    return `${problems.join(' and ')}: it is ${text === '' ? 'empty' : showValue(text)}`
  } catch (error) {
    return `cannot be compared: ${(error as Error).message}`
  }
}

const showPattern = (source: string): string => JSON.stringify(source)

/** Whether a value matches. Throws a MatchError where the matcher cannot be applied to it. */
function matches(matcher: Plain, found: Plain): boolean {
  if (typeof matcher === 'string') return toText(found) === matcher
  if (typeof matcher === 'number') return toNumber(found) === matcher
  if (typeof matcher === 'boolean') return isEqual(matcher, found)
  if (isList(matcher)) return containsElements(matcher, found)
  const [[name, argument] = ['', null]] = Object.entries(matcher ?? {})
  const apply = MATCHERS[name as MatcherName]
  return apply(argument, found)
}

/** Of each matcher, what it does; the argument is of the type that `readMatcher` asks for. */
const MATCHERS = {
  equal: isEqual,
  'have-prefix': (argument, found) => toText(found).startsWith(argument as string),
  'have-suffix': (argument, found) => toText(found).endsWith(argument as string),
  'match-regexp': (argument, found) => compilePattern(argument as string).matches(toText(found)),
  'contain-substring': (argument, found) => toText(found).includes(argument as string),
  'have-len': (argument, found) => measure(found) === argument,
  'have-patterns': (argument, found) => listUnsatisfied(argument as string[], toText(found)).length === 0,
  'have-key': (argument, found) => {
    if (!isRecord(found)) throw new MatchError(`${showValue(found)} has no keys`)
    return findMatching(argument, Object.keys(found))
  },
  'contain-element': (argument, found) => findMatching(argument, listElements(toList(found))),
  'contain-elements': (argument, found) => containsElements(argument as readonly Plain[], toList(found)),
  'consist-of': (argument, found) => {
    const wanted = argument as readonly Plain[]
    const elements = listElements(found)
    return elements.length === wanted.length && assign(wanted, elements)
  },
  not: (argument, found) => !matches(argument, found),
  and: (argument, found) => (argument as readonly Plain[]).every(each => matches(each, found)),
  or: (argument, found) => (argument as readonly Plain[]).some(each => matches(each, found)),
  gt: (argument, found) => toNumber(found) > (argument as number),
  ge: (argument, found) => toNumber(found) >= (argument as number),
  lt: (argument, found) => toNumber(found) < (argument as number),
  le: (argument, found) => toNumber(found) <= (argument as number),
  'semver-constraint': (argument, found) => {
    const holds = readVersionRange(argument as string)
    const versions = isList(found) ? found : [found]
    if (versions.length === 0) throw new MatchError('there is no version')
    // All of them are read before one is judged: goss has it so.
    const judged = versions.map(each => {
      try {
        if (typeof each === 'string') return holds(each)
      } catch {
        // Told below.
      }
      throw new MatchError(`${showValue(each)} is no semantic version`)
    })
    return judged.every(Boolean)
  },
  gjson: (argument, found) => {
    const document = readJson(found)
    return Object.entries(argument as Record<string, Plain>).every(([path, each]) => {
      const value = followJsonPath(document, readJsonPath(path))
      if (value === undefined) throw new MatchError(`nothing is at ${path} of ${showValue(document)}`)
      return matches(each, value)
    })
  },
} as const satisfies Record<string, (argument: Plain, found: Plain) => boolean>

export type MatcherName = keyof typeof MATCHERS

export const MATCHER_NAMES = Object.keys(MATCHERS) as readonly MatcherName[]

/** Values of one type that are the same throughout; an int and a text of its digits are not. */
function isEqual(a: Plain, b: Plain): boolean {
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((each, at) => isEqual(each, b[at] as Plain))
  if (isRecord(a)) {
    if (!isRecord(b)) return false
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every(key => Object.hasOwn(b, key) && isEqual(a[key] as Plain, b[key] as Plain))
    )
  }
  return a === b
}

function measure(found: Plain): number {
  if (typeof found === 'string') return Buffer.byteLength(found)
  if (isList(found)) return found.length
  if (isRecord(found)) return Object.keys(found).length
  throw new MatchError(`${showValue(found)} has no length`)
}

function listElements(found: Plain): readonly Plain[] {
  if (isList(found)) return found
  if (isRecord(found)) return Object.values(found)
  throw new MatchError(`${showValue(found)} is no list`)
}

/** Whether one of them matches; where none does and one could not be compared, that is the answer. */
function findMatching(matcher: Plain, elements: readonly Plain[]): boolean {
  let problem: MatchError | undefined
  for (const each of elements) {
    try {
      if (matches(matcher, each)) return true
    } catch (error) {
      if (!(error instanceof MatchError)) throw error
      problem = error
    }
  }
  if (problem !== undefined) throw problem
  return false
}

const containsElements = (wanted: readonly Plain[], found: Plain): boolean =>
  assign(wanted, listElements(found))

/** Whether each matcher can have an element of its own: two that want the same one need two of it. */
function assign(wanted: readonly Plain[], elements: readonly Plain[]): boolean {
  const fits = wanted.map(matcher => elements.map(each => matchesSafely(matcher, each)))
  const owner = new Map<number, number>()
  const place = (matcher: number, tried: Set<number>): boolean => {
    for (const [element, fit] of (fits[matcher] as boolean[]).entries()) {
      if (!fit || tried.has(element)) continue
      tried.add(element)
      const other = owner.get(element)
      if (other === undefined || place(other, tried)) {
        owner.set(element, matcher)
        return true
      }
    }
    return false
  }
  return wanted.every((_, matcher) => place(matcher, new Set()))
}

function matchesSafely(matcher: Plain, found: Plain): boolean {
  try {
    return matches(matcher, found)
  } catch (error) {
    if (error instanceof MatchError) return false
    throw error
  }
}

function readJson(found: Plain): Plain {
  if (typeof found !== 'string') throw new MatchError(`${showValue(found)} is no text of JSON`)
  try {
    return JSON.parse(found) as Plain
  } catch {
    throw new MatchError(`${showValue(found)} is no JSON`)
  }
}
