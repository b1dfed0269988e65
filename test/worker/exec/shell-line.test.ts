import { expect, test } from 'vitest'
import { leavesChildren, listCommandWords, splitSimpleLine } from '../../../src/worker/exec/shell-line.js'

test.each([
  ['uname -s', ['uname', '-s']],
  ['  ls   /tmp ', ['ls', '/tmp']],
  ['/usr/bin/app --level=3 a,b %x @y +z', ['/usr/bin/app', '--level=3', 'a,b', '%x', '@y', '+z']],
  ['./run', ['./run']],
])('%j needs no shell', (line, words) => {
  expect(splitSimpleLine(line)).toEqual(words)
})

test.each([
  '',
  '   ',
  'a | b',
  'a; b',
  'a && b',
  'echo $HOME',
  'echo "x"',
  "echo 'x'",
  'echo `x`',
  'echo \\x',
  'ls *',
  'ls ?',
  'ls [a]',
  'ls ~',
  'ls ~root',
  'echo {a,b}',
  'echo #x',
  'a > b',
  'a < b',
  'a &',
  'a\nb',
  'a\tb',
  '! a',
  'A=1 b',
  'A=1',
  'cd /tmp',
  'exit 3',
  'export X',
  '. /etc/profile',
  ': x',
  'true',
  'false',
  'printf x',
  'kill 1',
  'test -e x',
  'exec ls',
  'umask',
  'time ls',
])('%j needs a shell', line => {
  expect(splitSimpleLine(line)).toBeUndefined()
})

test.each([
  'sleep 5 &',
  'sleep 5 & wait',
  'a&b',
  '(sleep 5)&',
  'echo "$(sleep 5 & echo x)"',
  'echo "`sleep 5 & echo x`"',
  'a &\n',
])('%j leaves children', line => {
  expect(leavesChildren(line)).toBe(true)
})

test.each([
  'a && b',
  'a 2>&1',
  'a >&2',
  'a <&3',
  'a &>file',
  'echo "x & y"',
  "echo 'x & y'",
  'echo x \\& y',
  'echo "a \\" & b"',
  'a |& b',
])('%j leaves none', line => {
  expect(leavesChildren(line)).toBe(false)
})

test.each([
  ['a', ['a']],
  ['a | b && c || d; e', ['a', 'b', 'c', 'd', 'e']],
  ['A=1 B=2 prog arg', ['prog']],
  ['if test -e x; then /bin/one; else two; fi', ['/bin/one', 'two']],
  ['for f in x y; do prog $f; done', ['prog']],
  ['cat $(inner x) `other`', ['cat', 'inner', 'other']],
  ['(cd /x && make) & wait', ['make']],
  ['exec env nohup prog', ['prog']],
  ['a\nb', ['a', 'b']],
  ['prog; prog', ['prog']],
  ['$VAR x; "quoted" y', []],
  ['', []],
])('%j starts %j', (line, words) => {
  expect(listCommandWords(line)).toEqual(words)
})
