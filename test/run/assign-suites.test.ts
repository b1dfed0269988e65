import { expect, test } from 'vitest'
import { assignSuites, type ReadyTarget } from '../../src/run/assign-suites.js'

const ready = (lane: string, ...ids: string[]): ReadyTarget[] =>
  ids.map(id => ({ lane, context: { target: { id } } as ReadyTarget['context'] }))
const FILES = ['a', 'b', 'c', 'd', 'e']

test('targets of one lane share the files in turn; a lane of one has them all', () => {
  const assigned = assignSuites([...ready('arm64', 'x', 'y'), ...ready('amd64', 'z')], FILES)
  expect(Object.fromEntries(assigned)).toEqual({ x: ['a', 'c', 'e'], y: ['b', 'd'], z: FILES })
})

test('lanes may be mixed, and the order of targets decides', () => {
  const [x, y] = ready('arm64', 'x', 'y') as [ReadyTarget, ReadyTarget]
  const [z] = ready('amd64', 'z') as [ReadyTarget]
  expect(assignSuites([y, z, x], FILES)).toEqual(
    new Map([
      ['y', ['a', 'c', 'e']],
      ['x', ['b', 'd']],
      ['z', FILES],
    ]),
  )
})

test('more targets than files leave some without any', () => {
  expect([...assignSuites(ready('l', 'x', 'y', 'z'), ['a', 'b']).values()]).toEqual([['a'], ['b'], []])
  expect([...assignSuites(ready('l', 'x'), []).values()]).toEqual([[]])
  expect(assignSuites([], FILES).size).toBe(0)
})

test('each file is given to one target of a lane, whatever their numbers', () => {
  for (let targets = 1; targets < 8; targets++) {
    for (let count = 0; count < 20; count++) {
      const files = Array.from({ length: count }, (_, index) => `f${index}`)
      const ids = Array.from({ length: targets }, (_, index) => `t${index}`)
      const assigned = assignSuites(ready('lane', ...ids), files)
      expect([...assigned.keys()]).toEqual(ids)
      expect([...assigned.values()].flat().sort()).toEqual([...files].sort())
      const sizes = [...assigned.values()].map(own => own.length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }
  }
})
