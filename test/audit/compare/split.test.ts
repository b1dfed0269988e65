import { expect, test } from 'vitest'
import { signSplit, splitPresence, splitValues } from '../../../src/audit/compare/split.js'
import { createRandom } from '../../compare/random.js'

const LABELS = ['a', 'b', 'c', 'd', 'e', 'f']

function split(...values: (string | [string, string] | undefined)[]) {
  const result = splitValues(
    values.map(value =>
      value === undefined
        ? undefined
        : typeof value === 'string'
          ? { raw: value, neutral: value }
          : { raw: value[0], neutral: value[1] },
    ),
    LABELS,
  )
  return result && [signSplit(result), result.wrong.join(), result.majority?.value]
}

test.each([
  ['equal values', ['x', 'x', 'x'], undefined],
  ['one platform', ['x'], undefined],
  ['one that differs', ['x', 'y', 'x'], ['0,2|1', '1', 'x']],
  ['two platforms', ['x', 'y'], ['0|1', '0,1', undefined]],
  ['half and half', ['x', 'y', 'x', 'y'], ['0,2|1,3', '0,1,2,3', undefined]],
  ['all different', ['x', 'y', 'z'], ['0|1|2', '0,1,2', undefined]],
  ['a majority of many classes', ['x', 'y', 'x', 'z', 'x'], ['0,2,4|1|3', '1,3', 'x']],
  ['one that takes no part', ['x', undefined, 'x', 'y'], ['0,2|3', '3', 'x']],
] as const)('%s', (_, values, expected) => {
  expect(split(...values)).toEqual(expected)
})

test('values are equal as written or with neutral words, and join through one another', () => {
  expect(split(['x86', '*'], ['arm', '*'])).toBeUndefined()
  // A text that names several architectures is the same text on all of them.
  expect(split(['x86 arm', '* arm'], ['x86 arm', 'x86 *'])).toBeUndefined()
  expect(split(['p', '*'], ['q', 'q'], ['q', '*'])).toBeUndefined()
  // What is neutral on one platform is not what another writes.
  expect(split(['x86', '*'], ['*', 'q'])).toBeDefined()
})

test('the order of platforms does not change who is wrong', () => {
  const random = createRandom(9)
  for (let round = 0; round < 200; round += 1) {
    const values = LABELS.map(label => ({ label, value: random.pick(['x', 'y', 'z']) }))
    const judge = (items: typeof values) => {
      const labels = items.map(item => item.label)
      const result = splitValues(
        items.map(({ value }) => ({ raw: value, neutral: value })),
        labels,
      )
      return (
        result && [
          result.wrong.map(at => labels[at]).sort(),
          result.classes.map(one => [one.value, one.members.map(at => labels[at]).sort()]),
        ]
      )
    }
    expect(judge(random.shuffle(values))).toEqual(judge(values))
  }
})

test('presence knows who could not be read', () => {
  expect(splitPresence([true, undefined, true], LABELS)).toBeUndefined()
  expect(splitPresence([true, false, true], LABELS)?.wrong).toEqual([1])
})
