import { expect, test } from 'vitest'
import { formatFileMode } from '../../../src/suites/structure-test/file-mode.js'

// Go's io/fs writes the letters in the order dalTLDpSugct.
test.each([
  ['file', 0o644, '-rw-r--r--'],
  ['file', 0o4755, 'urwxr-xr-x'],
  ['file', 0o6755, 'ugrwxr-xr-x'],
  ['directory', 0o755, 'drwxr-xr-x'],
  ['directory', 0o1777, 'dtrwxrwxrwx'],
  ['symlink', 0o777, 'Lrwxrwxrwx'],
  ['character-device', 0o666, 'Dcrw-rw-rw-'],
  ['block-device', 0o660, 'Drw-rw----'],
  ['fifo', 0o600, 'prw-------'],
])('%s %o is %s', (type, mode, text) => {
  expect(formatFileMode(type, mode)).toBe(text)
})
