import { expect, test } from 'vitest'
import type { GossCheck, GossKind, Plain } from '../../../src/suites/goss/goss-suite.js'
import { asksFor, type FoundAttributes, judgeCheck } from '../../../src/suites/goss/judge-check.js'

function makeCheck(kind: GossKind, first: [string, Plain], ...others: [string, Plain][]): GossCheck {
  const attribute = ([name, matcher]: [string, Plain]) => ({ name, matcher })
  return {
    kind,
    name: 'x',
    line: 1,
    subject: 'x',
    skip: false,
    settings: {},
    attributes: [attribute(first), ...others.map(attribute)],
  }
}

const file = makeCheck('file', ['exists', true], ['mode', '0644'], ['contents', ['a', '!b']])

test.each<[string, GossCheck, FoundAttributes, string[]]>([
  [
    'all that holds',
    file,
    { exists: { value: true }, mode: { value: '0644' }, contents: { text: 'a\n' } },
    [],
  ],
  [
    'all that does not',
    file,
    { exists: { value: true }, mode: { value: '0600' }, contents: { text: 'b\n' } },
    [
      'mode is "0600", expected "0644"',
      'contents does not have "a" and has what "!b" excludes: it is "b\\n"',
    ],
  ],
  [
    'what could not be said',
    file,
    { exists: { value: true }, mode: { problem: 'who knows' }, contents: { text: 'a' } },
    ['mode: who knows'],
  ],
  [
    'what nobody looked at, which is no pass',
    file,
    { exists: { value: true }, contents: { text: 'a' } },
    ['mode: was not looked at'],
  ],
  [
    'a thing that is not there, and nothing more',
    file,
    { exists: { value: false } },
    ['exists is false, expected true'],
  ],
  [
    'a thing that should not be there',
    makeCheck('file', ['exists', false], ['mode', '0644']),
    { exists: { value: false } },
    [],
  ],
  [
    'nothing more of a page with another status',
    makeCheck('http', ['status', 200], ['body', ['a']]),
    { status: { value: 404 }, body: { text: '' } },
    ['status is 404, expected 200'],
  ],
  [
    'all of a command that fails',
    makeCheck('command', ['exit-status', 0], ['stdout', 'a']),
    { 'exit-status': { value: 1 }, stdout: { text: 'b' } },
    ['exit-status is 1, expected 0', 'stdout is "b", expected "a"'],
  ],
])('it tells %s', (_, check, found, problems) => {
  expect(judgeCheck(check, found)).toEqual(problems)
})

test('it knows what a check asks for', () => {
  expect(asksFor(file, 'owner', 'mode')).toBe(true)
  expect(asksFor(file, 'owner')).toBe(false)
})
