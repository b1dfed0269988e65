import { expect, test } from 'vitest'
import { readLoaderAnswer } from '../../src/builtin/loader-answer.js'

const answer: Parameters<typeof readLoaderAnswer>[0] = {
  command: [],
  stdoutBytes: Buffer.alloc(0),
  stderrBytes: Buffer.alloc(0),
  truncated: false,
  durationMs: 1,
  exitCode: 0,
  stdout: '',
  stderr: '',
  startError: undefined,
  timedOut: false,
  signal: undefined,
}
const read = (more: Partial<Parameters<typeof readLoaderAnswer>[0]>) =>
  readLoaderAnswer({ ...answer, ...more }, '/lib/ld.so')

test('what is found is no lack', () => {
  expect(read({ stdout: '\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n' })).toBeUndefined()
})

test.each([
  { stdout: '\tlibz.so.1 => not found\n' },
  { stdout: "./a: /lib/libc.so.6: version `GLIBC_2.38' not found (required by ./a)\n" },
  {
    stderr: 'a: error while loading shared libraries: libz.so.1: wrong ELF class: ELFCLASS64\n',
    exitCode: 127,
  },
  { stderr: 'Error relocating /a: gnu_get_libc_version: symbol not found\n', exitCode: 127 },
  { exitCode: 127, startError: 'not-found' as const },
  { exitCode: 139, signal: 'SIGSEGV' },
  { timedOut: true },
])('%o is a lack', more => {
  expect(read(more)).toEqual(expect.any(String))
})
