import { expect, test } from 'vitest'
import { writeBlock, writeCode, writeText } from '../../../src/report/markdown/escape.js'

test.each([
  ['plain', '`plain`'],
  ['a `b` c', '``a `b` c``'],
  ['`a`', '`` `a` ``'],
  ['a | b', '`a \\| b`'],
  ['```', '```` ``` ````'],
  ['two\nlines\u0007', '`two\\nlines\\x07`'],
  ['', '` `'],
])('a code span of %j', (text, expected) => {
  expect(writeCode(text)).toBe(expected)
})

test('a block holds whatever fences its text has', () => {
  expect(writeBlock('a\n```\n<b>', 'diff')).toBe('````diff\na\n```\n<b>\n````')
})

test('in words nothing is markup, a mention, a link or an issue', () => {
  const text = '<img src=x> [a](http://b) @user #12 **b** `c` | www.example.org ~~d~~ _e_ &amp; \\* !x'
  const written = writeText(text)
  expect(written).not.toMatch(/[<>[\]()*_`|!\\~]/)
  expect(written).not.toMatch(/@[a-z]|[^&]#\d|:\/\/|www\.[a-z]/)
  expect(written).toContain('&#38;amp;')
})
