import { execa } from 'execa'
import { expect, test } from 'vitest'
import { quoteCommand, quoteWord } from '../../src/attribute/shell-quote.js'

const WORDS = [
  'plain',
  '',
  'two words',
  "it's",
  '"double"',
  '$HOME `id` $(id)',
  '\\',
  'a\\nb',
  '*',
  '~',
  '#x',
  '-n',
  'é☃😀',
  'a;b|c&d',
  '!x',
  'a=b',
  '{a,b}',
  'line\nbreak',
  'tab\t',
  '\u001b[31m',
  "\u0007'\\",
  '\u0085',
]

test('bash reads back the same words', async () => {
  const { stdout } = await execa('bash', ['-c', `printf '%s\\0' ${quoteCommand(WORDS)}`], {
    stripFinalNewline: false,
  })
  expect(stdout.split('\0').slice(0, -1)).toEqual(WORDS)
})

test('a quoted word shows no control character and stays plain where it can', () => {
  for (const word of WORDS) expect(/\p{Cc}/u.test(quoteWord(word)), word).toBe(false)
  expect(quoteWord('/usr/bin/app-1.0_x@y%z')).toBe('/usr/bin/app-1.0_x@y%z')
})
