import { describe, expect, test } from 'vitest'
import { compareRun } from '../../src/compare/compare-run.js'
import { parseJsonText, showJson } from '../../src/compare/json-text.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { Observation } from '../../src/model/observation.js'
import { bytes, LogWriter } from '../report/factory.js'

function compare(see: (platform: string) => Observation, noise?: Observation) {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'])
  const options = noise === undefined ? {} : { noise: { observations: [noise] } }
  log.check('one', platform => ({ observations: [see(platform)] }), options)
  return compareRun(buildRunRecord(log.finish())).checks[0]
}
const pick = (platform: string, here: string, there: string) => (platform === 'linux/arm64' ? there : here)
const file = (text: string, path = '/etc/app.json', more = {}): Observation => ({
  kind: 'file',
  path,
  exists: true,
  type: 'file',
  content: bytes(text, more),
})
const body = (text: string, type: string | undefined): Observation => ({
  kind: 'http',
  method: 'GET',
  url: '/',
  status: 200,
  headers: type === undefined ? {} : { 'Content-Type': type },
  body: bytes(text),
  durationMs: 1,
})
const A = '{"a": 1, "b": [true, {"c": "x"}]}'
const SAME = '{\n  "b": [ true, { "c": "x" } ],\n  "a": 1\n}\n'

describe('JSON is compared as structure', () => {
  test.each<[string, (platform: string) => Observation, number]>([
    ['of a .json file', p => file(pick(p, A, SAME)), 0],
    ['of another file', p => file(pick(p, A, SAME), '/etc/app.conf'), 1],
    ['of an answer', p => body(pick(p, A, SAME), 'application/json; charset=utf-8'), 0],
    ['of a problem report', p => body(pick(p, A, SAME), 'application/problem+json'), 0],
    ['of an answer that says to be text', p => body(pick(p, A, SAME), 'text/plain'), 1],
    ['of an answer that does not say', p => body(pick(p, A, SAME), undefined), 1],
    ['and not where one side is no JSON', p => file(pick(p, A, `${SAME},`)), 1],
    ['and not of a part', p => file(pick(p, A, SAME), '/a.json', { truncated: true, sha256: p }), 1],
    ['and numbers keep their spelling', p => file(pick(p, '[1.0]', '[1]')), 1],
    ['and numbers keep their last digits', p => file(pick(p, '[9007199254740993]', '[9007199254740992]')), 1],
    ['and a number is no text', p => file(pick(p, '["1.0"]', '[1.0]')), 1],
    ['and the order of a list matters', p => file(pick(p, '[1, 2]', '[2, 1]')), 1],
  ])('%s', (_, see, differences) => {
    expect(compare(see)?.differences).toHaveLength(differences)
  })

  test('platforms have their own words in it', () => {
    expect(compare(p => file(`{"arch": "${pick(p, 'x86_64', 'aarch64')}"}`))?.differences).toEqual([])
  })
})

const lines = (see: (platform: string) => Observation) =>
  compare(see)?.differences[0]?.classes[1]?.diff.map(line => `${line.sign} ${line.text}`)

describe('the difference shows the paths', () => {
  test.each<[string, string, string, string[]]>([
    ['a value', '{"a": {"b c": 1.50}}', '{"a": {"b c": 2}}', ['- $.a["b c"]: 1.50', '+ $.a["b c"]: 2']],
    ['a key', '{"a": 1}', '{"a": 1, "z": [{"y": 1, "x": 2}]}', ['+ $.z: [{"x":2,"y":1}]']],
    ['an item of a longer list', '{"l": [1, 2, 3]}', '{"l": [1, 3]}', ['- $.l[1]: 2']],
    ['a type', '{"a": [1]}', '{"a": {"0": 1}}', ['- $.a: [1]', '+ $.a: {"0":1}']],
    ['the value itself', '1', '"1"', ['- 1', '+ "1"']],
    ['text as it was', '["on x86_64", 1]', '["on aarch64", 2]', ['- $[1]: 1', '+ $[1]: 2']],
    [
      'text as it was, beside what is normalised',
      '["good x86_64"]',
      '["bad aarch64"]',
      ['- $[0]: "good x86_64"', '+ $[0]: "bad aarch64"'],
    ],
    ['a key as it is compared', '{"x86_64": 1}', '{"aarch64": 2}', ['- $["‹arch›"]: 1', '+ $["‹arch›"]: 2']],
  ])('%s', (_, here, there, shown) => {
    expect(lines(p => file(pick(p, here, there)))).toEqual(shown)
  })
})

test('what differs from run to run is masked by its path', () => {
  const see = (p: string) => file(`{"id": "${p.length}${p}", "n": ${pick(p, '1', '2')}}`)
  const found = compare(see, file('{"n": 1, "id": "other"}'))
  expect(found?.masks).toEqual([
    { kind: 'file', label: '/etc/app.json', field: 'content', reason: 'noise-paths', what: ['$.id'] },
  ])
  expect(found?.differences[0]?.classes[1]?.diff.map(line => line.text)).toEqual(['$.n: 1', '$.n: 2'])
})

test.each([['1.0'], ['-0'], ['[1e400,1E2,-1.50,12345678901234567890]'], ['{"a":"1.0","b":"\\"2.0"}']])(
  'numbers are shown as they were written: %s',
  text => {
    expect(showJson(parseJsonText(text)?.value)).toBe(text)
  },
)

test.each([['01'], ['{"a":1,}'], ['--1'], [''], ['NaN'], ['['.repeat(100_000)], ['[1.0.0]']])(
  'is no JSON: %.20s',
  text => {
    expect(parseJsonText(text)).toBeUndefined()
  },
)
