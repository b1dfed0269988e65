import { expect, test } from 'vitest'
import {
  exitCodeOf,
  makeStartFailure,
  readEngineStartError,
  readRuntimeStartError,
  readShellStartError,
} from '../../../src/worker/exec/start-error.js'

const RUNC =
  'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown'

test.each([
  [RUNC, 'not-found'],
  [
    'OCI runtime exec failed: exec failed: container_linux.go:380: starting container process caused: exec: "/nope": stat /nope: no such file or directory: unknown',
    'not-found',
  ],
  [
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/passwd": permission denied: unknown',
    'not-executable',
  ],
  [
    'OCI runtime exec failed: exec failed: unable to start container process: exec /app: exec format error: unknown',
    'exec-format',
  ],
  [
    'OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("/nope") set in config.json failed: no such file or directory: unknown',
    'bad-cwd',
  ],
  [
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "/tmp": is a directory: unknown',
    'not-executable',
  ],
  ['crun: executable file `nope` not found in $PATH: No such file or directory', 'not-found'],
  ['OCI runtime exec failed: something quite new', 'other'],
])('the engine says %j', (message, expected) => {
  expect(readEngineStartError(message)).toBe(expected)
})

test.each(['sh: nope: not found', 'app: permission denied', 'no such container: x', ''])(
  'a program, not the engine, says %j',
  message => {
    expect(readEngineStartError(message)).toBeUndefined()
  },
)

test.each([
  ['dash', '/bin/sh: 3: exec: nope: not found\n', 'nope', 'not-found'],
  ['busybox', '/bin/sh: exec: line 3: nope: not found\n', 'nope', 'not-found'],
  ['bash', '/bin/sh: line 3: nope: command not found\n', 'nope', 'not-found'],
  ['bash', '/bin/sh: line 3: exec: nope: not found\n', 'nope', 'not-found'],
  ['dash', '/bin/sh: 3: exec: /etc/passwd: Permission denied\n', '/etc/passwd', 'not-executable'],
  ['busybox', '/bin/sh: exec: line 1: /etc/passwd: Permission denied\n', '/etc/passwd', 'not-executable'],
  ['bash', '/bin/sh: line 1: /tmp: Is a directory\n', '/tmp', 'not-executable'],
  ['dash', '/bin/sh: 1: exec: /app: Exec format error\n', '/app', 'exec-format'],
  ['bash', '/bin/sh: line 1: /app: cannot execute binary file: Exec format error\n', '/app', 'exec-format'],
  ['bash', '/bin/sh: line 1: /app: cannot execute: required file not found\n', '/app', 'no-interpreter'],
  [
    'bash',
    '/bin/sh: line 1: /app: /nope/python: bad interpreter: No such file or directory\n',
    '/app',
    'no-interpreter',
  ],
  ['dash', '/bin/sh: 1: exec: a: b: not found\n', 'a: b', 'not-found'],
  ['dash', '/bin/sh: 1: exec: ./bin/x: not found\n', './bin/x', 'not-found'],
  ['bash', '/bin/sh: line 1: /work/bin/x: No such file or directory\n', './bin/x', 'not-found'],
  [
    'bash',
    '/bin/sh: line 5: /x: Permission denied\n/bin/sh: line 5: exec: /x: cannot execute: Permission denied\n',
    '/x',
    'not-executable',
  ],
])('%s says %j', (_, stderr, program, expected) => {
  expect(readShellStartError('/bin/sh', program, stderr)).toBe(expected)
})

test.each([
  ['another program', '/bin/sh: 3: exec: other: not found\n'],
  ['another program that ends in its name', '/bin/sh: 3: exec: /bin/nope: not found\n'],
  ['another shell', '/bin/bash: 3: exec: nope: not found\n'],
  ['more than one line', 'first\n/bin/sh: 3: exec: nope: not found\n'],
  ['a line behind it', '/bin/sh: 3: exec: nope: not found\nmore\n'],
  ['nothing', ''],
  ['another reason', '/bin/sh: 3: exec: nope: argument list too long\n'],
])('output of the program itself is none of the shell: %s', (_, stderr) => {
  expect(readShellStartError('/bin/sh', 'nope', stderr)).toBeUndefined()
})

test.each([
  ['/app', 'exec /app: no such file or directory\n', 'no-interpreter'],
  ['app', 'exec /usr/bin/app: no such file or directory\n', 'no-interpreter'],
  ['./in/../app', 'exec ./in/../app: no such file or directory\n', 'no-interpreter'],
  ['/app', 'exec /app: exec format error\n', 'exec-format'],
  ['/app', 'exec /app: permission denied\n', 'not-executable'],
  ['app', 'exec /usr/bin/myapp: exec format error\n', undefined],
  ['/app', 'exec /app: exec format error\nmore\n', undefined],
  ['/app', 'exec /app: something else\n', undefined],
  ['/app', 'x exec /app: exec format error\n', undefined],
  ['/app', '', undefined],
])('for %j the runtime says %j', (program, stderr, expected) => {
  expect(readRuntimeStartError(program, stderr)).toBe(expected)
})

test('a program that never started has a shell’s exit code and no output', () => {
  expect(exitCodeOf('not-found')).toBe(127)
  expect(exitCodeOf('no-interpreter')).toBe(127)
  expect(exitCodeOf('not-executable')).toBe(126)
  expect(exitCodeOf('exec-format')).toBe(126)
  expect(exitCodeOf('bad-cwd')).toBe(126)
  expect(makeStartFailure('not-found', 7)).toMatchObject({
    exitCode: 127,
    startError: 'not-found',
    timedOut: false,
    stdout: { bytes: 0 },
    stderr: { bytes: 0 },
    durationMs: 7,
  })
})
