import { describe, expect, test } from 'vitest'
import { findDifferingPaths, isTooDeep, maskPaths } from '../../src/compare/json-lines.js'
import { learnNoise, maskLines, renderPattern } from '../../src/compare/noise.js'
import { createRandom } from './random.js'

function learn(first: string, second: string) {
  const [a, b] = [first.split('\n'), second.split('\n')]
  const noise = learnNoise(a, b)
  return {
    noise,
    patterns: noise?.kind === 'lines' ? noise.patterns.map(renderPattern) : noise?.kind,
    mask: (text: string) =>
      noise?.kind === 'lines' ? maskLines(text.split('\n'), noise, a.length).join('\n') : text,
  }
}

describe('learnNoise', () => {
  test('equal texts teach nothing', () => expect(learn('a\nb', 'a\nb').noise).toBeUndefined())

  test('the words that differ become noise, at any position of another text', () => {
    const { patterns, mask } = learn('start\npid 17, port 4000\nend', 'start\npid 23, port 4000\nend')
    expect(patterns).toEqual(['pid ‹noise›, port 4000'])
    expect(mask('a\nb\npid 9999, port 4000')).toBe('a\nb\npid ‹noise›, port 4000')
  })

  test('what stays must be the same, and noise is of the kind that was seen', () => {
    const { mask } = learn('pid 17, port 4000', 'pid 23, port 4000')
    for (const text of [
      'pid 17, port 4001',
      'pid none, port 4000',
      'pid cafe, port 4000',
      'pid 17, port 4000 failed',
      'x pid 17, port 4000',
    ]) {
      expect(mask(text)).toBe(text)
    }
  })

  test('times, hex ids and words are one piece each', () => {
    expect(learn('at 12:30:01 id 9fe1 name foo-1.2', 'at 12:30:02 id 00aa name bar-2.0').patterns).toEqual([
      'at ‹noise› id ‹noise› name ‹noise›',
    ])
    const { mask } = learn('at 12:30:01 id 9fe1', 'at 12:30:02 id 00aa')
    expect(mask('at 09:11:59 id cafe')).toBe('at ‹noise› id ‹noise›')
    expect(mask('at never id cafe')).toBe('at never id cafe')
  })

  test('a line of another shape keeps its two ends', () => {
    const { patterns, mask } = learn('list: a b c end', 'list: a x end')
    expect(patterns).toEqual(['list: a ‹noise› end'])
    expect(mask('list: a q q q q end')).toBe('list: a ‹noise› end')
    expect(mask('list: z end')).toBe('list: z end')
  })

  test('a line of nothing but noise is masked where it stood only', () => {
    const { mask } = learn('8231', '17')
    expect(mask('5')).toBe('‹noise›')
    expect(mask('5\n6')).toBe('5\n6')
    expect(mask('five')).toBe('five')
  })

  test('another number of lines is noise as a whole', () => {
    expect(learn('a\nb', 'a\nb\nc').patterns).toBe('all')
    expect(learn('a', 'b\nc').patterns).toBe('all')
  })

  test('the reference’s own two texts always become the same', () => {
    const random = createRandom(3)
    const words = ['pid', '17', '3.5', 'a:b', '-', '(x)', '', 'é', '‹noise›', '12:00']
    for (let round = 0; round < 2000; round += 1) {
      const line = () => Array.from({ length: random.integer(6) }, () => random.pick(words)).join(' ')
      const first = Array.from({ length: 1 + random.integer(4) }, line)
      const second = first.map(text => (random.next() < 0.5 ? line() : text))
      const noise = learnNoise(first, second)
      if (noise?.kind !== 'lines') continue
      const masked = maskLines(first, noise, first.length)
      expect(masked.length).toBe(first.length)
      expect(maskLines(second, noise, first.length), JSON.stringify([first, second])).toEqual(masked)
    }
  })
})

describe('JSON noise', () => {
  test('finds and masks paths', () => {
    const a = { id: 1, list: [{ t: 1, k: 'x' }], 'odd key': 1, gone: 1, same: null }
    const b = { id: 2, list: [{ t: 2, k: 'x' }], 'odd key': 2, same: null }
    const paths = findDifferingPaths(a, b)
    expect([...paths]).toEqual([
      ['$.gone', 'presence'],
      ['$.id', 'value'],
      ['$.list[0].t', 'value'],
      ['$["odd key"]', 'value'],
    ])
    expect(maskPaths(b, paths)).toEqual(maskPaths(a, paths))
    expect(maskPaths({ ...a, list: [{ t: 9, k: 'y' }] }, paths)).not.toEqual(maskPaths(a, paths))
    expect(maskPaths({ list: [], same: null }, paths)).not.toHaveProperty('id')
  })

  test('lists of another length are noise as a whole', () => {
    expect([...findDifferingPaths({ l: [1] }, { l: [1, 2] })]).toEqual([['$.l', 'value']])
    expect([...findDifferingPaths([1], 'x')]).toEqual([['$', 'value']])
  })

  test('a value that is nested without end is told apart', () => {
    expect(isTooDeep(JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).toBe(true)
    expect(isTooDeep({ a: [{ b: 1 }] })).toBe(false)
  })
})
