import { expect, test } from 'vitest'
import { expandVariables } from '../../../src/suites/structure-test/expand-variables.js'

const ENV: Readonly<Record<string, string>> = { HOME: '/root', A_1: 'x', '1': 'one', '*': 'all' }

// Go's os.Expand, by its documentation and its own tests (os/env_test.go).
test.each([
  ['', ''],
  ['$*', 'all'],
  ['$HOME', '/root'],
  [`$\{HOME}`, '/root'],
  ['$1', 'one'],
  [`$\{1}`, 'one'],
  ['$12', 'one2'],
  ['now is the time', 'now is the time'],
  ['a $A_1-b', 'a x-b'],
  ['$NOT_THERE.', '.'],
  ['$', '$'],
  ['${', ''],
  [`$\{}`, ''],
  ['$}', '$}'],
  ['a$ b', 'a$ b'],
  ['$$', ''],
  ['${HOME', 'HOME'],
  [`$\{*}`, 'all'],
  ['$HOME$HOME', '/root/root'],
])('%s is %s', (text, expanded) => {
  expect(expandVariables(text, name => ENV[name])).toBe(expanded)
})
