import type { Expectation } from '../model/per-platform.js'
import { printJson } from './json-lines.js'
import type { NormalizeContext } from './normalize/context.js'
import { joinNormal, type NormalLine, normalizeText } from './normalize/normalize-line.js'

/** What a check expects of a target, in the forms in which a field can show it, by the place of the call. */
export type ExpectedTexts = readonly (readonly string[])[]

/** The forms of expected values, normalised as the target's own output is. */
export function writeExpected(
  expectations: readonly Expectation[],
  context: NormalizeContext,
): ExpectedTexts {
  return expectations.map(({ value }) => {
    const forms = typeof value === 'string' ? [value, JSON.stringify(value)] : []
    const printed = [JSON.stringify(value), printJson(value).join('\n')]
    return [...new Set([...forms, ...printed])]
      .filter(form => form !== '')
      .map(form => joinNormal(normalizeText(form, context, new Map())))
  })
}

/** Lines of one side with what is expected there. */
export interface ExpectingSide {
  readonly lines: readonly NormalLine[]
  readonly expected: ExpectedTexts
}

/**
 * The places of the expectations that explain how two sides differ: each line that is not the same becomes the same
 * once the expected values are replaced on both sides. Undefined where something else differs too.
 */
export function explainByExpectation(before: ExpectingSide, after: ExpectingSide): number[] | undefined {
  const places = before.expected.flatMap((texts, place) => {
    const other = after.expected[place]
    return other === undefined || other[0] === texts[0] ? [] : [place]
  })
  if (places.length === 0) return undefined
  const [a, b] = [before.lines, after.lines]
  const used = new Set<number>()
  const agree = (left: string, right: string): boolean => {
    if (left === right) return true
    const [one, two] = [hide(left, before.expected, places), hide(right, after.expected, places)]
    for (const place of one.used) used.add(place)
    return one.text === two.text
  }
  const byLine = a.length === b.length && a.every((line, i) => agree(line.normal, b[i]?.normal ?? ''))
  if (!byLine && !agree(joinNormal(a), joinNormal(b))) return undefined
  return used.size === 0 ? undefined : [...used].sort((x, y) => x - y)
}

function hide(text: string, expected: ExpectedTexts, places: readonly number[]) {
  const used: number[] = []
  let result = text
  for (const place of places) {
    for (const form of expected[place] ?? []) {
      // Whole words only: 64 is neither in 640 nor in 64.5.
      const whole = new RegExp(`(?<![\\w.])${escapeRegExp(form)}(?![\\w]|\\.\\d)`, 'g')
      const next = result.replace(whole, () => `‹expected ${place}›`)
      if (next === result) continue
      used.push(place)
      result = next
      break
    }
  }
  return { text: result, used }
}

/** `expected per platform: linux/arm/v7: 32, default: 64`. */
export function sayExpectation({ values }: Expectation): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `expected per platform: ${pairs.join(', ').slice(0, 300)}`
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
