import { expect, test } from 'vitest'
import { chooseTimeScale } from '../../src/run/choose-time-scale.js'

test.each([
  ['as slow as measured', { slowdown: 7.5 }, 'measured', 7.5],
  ['faster than the reference', { slowdown: 0.4 }, 'measured', 1],
  ['slower than anything', { slowdown: 5000 }, 'measured', 100],
  ['not measured', {}, 'measured', 1],
  ['told', { slowdown: 7.5 }, 3, 3],
  ['the reference', { reference: true, slowdown: 7.5 }, 3, 1],
] as const)('%s', (_, target, setting, scale) => {
  expect(chooseTimeScale({ reference: false, ...target }, setting)).toBe(scale)
})
