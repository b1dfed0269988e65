import type { GossAttribute, GossCheck, Plain } from './goss-suite.js'
import { explainMismatch, explainTextMismatch } from './match.js'

/** What was found of one attribute: a value, text that goss reads line by line, or why it cannot be said. */
export type Found = { readonly value: Plain } | { readonly text: string } | { readonly problem: string }

/** What was found of each attribute that a check asks for, by its name. */
export type FoundAttributes = Readonly<Record<string, Found>>

/**
 * Everything in which what was found is not what a check expects, one sentence each. As in goss, a thing that is not
 * there is not asked further, and neither is one whose first attribute is not as expected; commands are.
 */
export function judgeCheck(check: GossCheck, found: FoundAttributes): string[] {
  const [decisive, ...others] = check.attributes
  const first = judgeAttribute(decisive, found)
  const there = found[decisive.name]
  const absent = there !== undefined && 'value' in there && there.value === false
  if (check.kind !== 'command' && (first.length > 0 || absent)) return first
  return [...first, ...others.flatMap(each => judgeAttribute(each, found))]
}

function judgeAttribute({ name, matcher }: GossAttribute, attributes: FoundAttributes): string[] {
  const found = attributes[name]
  if (found === undefined) return [`${name}: was not looked at`]
  if ('problem' in found) return [`${name}: ${found.problem}`]
  const problem =
    'text' in found ? explainTextMismatch(matcher, found.text) : explainMismatch(matcher, found.value)
  return problem === undefined ? [] : [`${name} ${problem}`]
}

/** Whether a check asks for an attribute. */
export const asksFor = (check: GossCheck, ...names: readonly string[]): boolean =>
  check.attributes.some(({ name }) => names.includes(name))
