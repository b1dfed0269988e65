import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { formatCommand, nameSignal, quoteWord } from '../../../src/worker/exec/command.js'
import { createRandom, pickNumber } from '../../lab/random.js'

const NASTY = [
  ...`'"\`$\\!*?[]{}()<>|&;#~=%^-+,.:/ \t\n\r`,
  ...['\x01', '\x1b', '\x7f', '\u00fc', '\u{1f600}', 'a', '0', "''", '$(id)', '-n', '\\n', '$HOME'],
]

test('a quoted word comes out of a real shell as it went in, whatever it holds', () => {
  const random = createRandom(20_200)
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: pickNumber(random, 8) }, () => NASTY[pickNumber(random, NASTY.length)]).join(''),
  )
  const script = `printf '%s\\0' ${words.map(quoteWord).join(' ')}`
  const output = execFileSync('/bin/sh', ['-c', script], { env: {} }).toString('utf8')
  expect(output.split('\0').slice(0, -1)).toEqual(words)
})

test('a plain word stays readable, and everything else is quoted', () => {
  expect(quoteWord('/usr/bin/app-1.0')).toBe('/usr/bin/app-1.0')
  expect(quoteWord('')).toBe("''")
  expect(quoteWord('~')).toBe("'~'")
  expect(quoteWord("it's")).toBe("'it'\\''s'")
})

test('a command is shown as a line that can be pasted', () => {
  expect(formatCommand('a | b')).toBe('a | b')
  expect(formatCommand(['a', 'b c', '$d'])).toBe("a 'b c' '$d'")
})

test.each([
  [0, undefined],
  [1, undefined],
  [127, undefined],
  [128, undefined],
  [132, 'SIGILL'],
  [134, 'SIGABRT'],
  [136, 'SIGFPE'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [143, 'SIGTERM'],
  [255, undefined],
  [null, undefined],
])('exit code %s stands for %s', (code, signal) => {
  expect(nameSignal(code)).toBe(signal)
})
