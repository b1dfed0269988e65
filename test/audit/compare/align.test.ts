import { expect, test } from 'vitest'
import { alignByName } from '../../../src/audit/compare/align.js'
import { createRandom } from '../../compare/random.js'

/** Platform 0 says `x`, platform 1 `y`, platform 2 `z` for the same. */
const neutralize = (name: string, side: number) => name.replaceAll('xyz'[side] ?? '', '*')

function align(...sides: string[][]) {
  const maps = sides.map((names, side) => new Map(names.map(name => [name, `${side}:${name}`])))
  return alignByName(maps, neutralize)
    .map(
      ({ name, items, ambiguous }) =>
        `${name}: ${items.map(item => item ?? '-').join(' ')}${ambiguous ? ' !' : ''}`,
    )
    .sort()
}

test('pairs equal names, and names that differ in own words alone', () => {
  expect(align(['a', 'lib/x', 'b'], ['a', 'lib/y'], ['a', 'lib/z', 'b'])).toEqual([
    'a: 0:a 1:a 2:a',
    'b: 0:b - 2:b',
    'lib/*: 0:lib/x 1:lib/y 2:lib/z',
  ])
})

test('a name that all platforms have is not made neutral, whatever it says', () => {
  expect(align(['x', 'y'], ['x', 'y'])).toEqual(['x: 0:x 1:x', 'y: 0:y 1:y'])
})

test('a name that names one platform and is on several stays one thing where nothing else fits', () => {
  expect(align(['prebuilt/x'], ['prebuilt/x'], [])).toEqual(['prebuilt/x: 0:prebuilt/x 1:prebuilt/x -'])
})

test('two names of one platform that mean the same are known as ambiguous', () => {
  expect(align(['x-x', 'x-*'], ['y-y'])).toEqual(['*-*: 0:x-x 1:y-y !'])
})

test('a second copy under an own name is no thing of its own beside one that all have', () => {
  expect(align(['a*', 'ax'], ['a*'])).toEqual(['a*: 0:a* 1:a*'])
})

test('what is the same everywhere is left out where the caller says so', () => {
  const sides = [
    new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]),
    new Map([
      ['a', 1],
      ['b', 5],
    ]),
  ]
  const rows = alignByName(
    sides,
    name => name,
    (first, other) => first === other,
  )
  expect(rows.map(row => row.name).sort()).toEqual(['b', 'c'])
})

test('every item is in exactly one row, at its own place', () => {
  const random = createRandom(3)
  for (let round = 0; round < 300; round += 1) {
    const sides = [0, 1, 2].map(
      side =>
        new Map(
          Array.from({ length: random.integer(8) }, () => {
            const name = Array.from({ length: 1 + random.integer(3) }, () => random.pick([...'xyzab/'])).join(
              '',
            )
            return [name, { side, name }] as const
          }),
        ),
    )
    const rows = alignByName(sides, neutralize)
    const seen = rows.flatMap(row => row.items.flatMap(item => (item === undefined ? [] : [item])))
    expect(new Set(seen).size).toBe(seen.length)
    for (const row of rows)
      for (const [side, item] of row.items.entries()) if (item) expect(item.side).toBe(side)
    // What is in no row shares its row with another of the same platform, or is a second copy.
    const names = new Set(rows.map(row => row.name))
    for (const [side, things] of sides.entries()) {
      for (const thing of things.values()) {
        if (!seen.includes(thing)) expect(names.has(neutralize(thing.name, side))).toBe(true)
      }
    }
  }
})
