import { isList } from './convert.js'
import type { Plain } from './goss-suite.js'
import { showValue } from './show-value.js'

/** What a matcher expects, in words that follow "expected". */
export function describeMatcher(matcher: Plain): string {
  if (isList(matcher)) return `all of ${describeAll(matcher)}`
  if (typeof matcher !== 'object' || matcher === null) return showValue(matcher)
  const [[name, argument] = ['', null]] = Object.entries(matcher)
  switch (name) {
    case 'equal':
      return `exactly ${showValue(argument)}`
    case 'not':
      return `not ${describeMatcher(argument)}`
    case 'and':
      return (argument as readonly Plain[]).map(describeMatcher).join(' and ')
    case 'or':
      return (argument as readonly Plain[]).map(describeMatcher).join(' or ')
    case 'gt':
      return `> ${showValue(argument)}`
    case 'ge':
      return `>= ${showValue(argument)}`
    case 'lt':
      return `< ${showValue(argument)}`
    case 'le':
      return `<= ${showValue(argument)}`
    case 'contain-element':
    case 'have-key':
      return `${name} ${describeMatcher(argument)}`
    case 'contain-elements':
    case 'consist-of':
      return `${name} ${describeAll(argument as readonly Plain[])}`
    default:
      return `${name} ${showValue(argument)}`
  }
}

const describeAll = (matchers: readonly Plain[]): string => `[${matchers.map(describeMatcher).join(', ')}]`
