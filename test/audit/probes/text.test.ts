import { expect, test } from 'vitest'
import { findProbe } from '../../../src/audit/probes/index.js'
import { readFact } from './read-source.js'

test.each([
  'etc/ld.so.conf',
  'etc/ld.so.conf.d/x86_64-linux-gnu.conf',
  'etc/ld-musl-aarch64.path',
  'etc/os-release',
  'usr/lib/os-release',
  'etc/debian_version',
  'etc/alpine-release',
  'etc/apk/arch',
  'var/lib/dpkg/arch',
  'var/lib/dpkg/diversions',
  'etc/passwd',
  'etc/group',
])('reads %s whole', async path => {
  expect(await readFact(path, 'one\ntwo \u00e4')).toEqual({ kind: 'text', text: 'one\ntwo \u00e4' })
})

test.each(['etc/ld.so.conf.d/a/b.conf', 'etc/ld.so.conf.d/readme', 'opt/etc/passwd', 'etc/ld-musl.path'])(
  'leaves %s alone',
  path => {
    expect(findProbe(path)).toBeUndefined()
  },
)

test('keeps what is no text or too much of it out of the facts', async () => {
  expect(await readFact('etc/passwd', 'root\0x')).toBeUndefined()
  expect(await readFact('etc/passwd', 'x'.repeat(64 * 1024 + 1))).toBeUndefined()
  expect(await readFact('etc/passwd', Buffer.from([0xff, 0x41]))).toEqual({
    kind: 'text',
    text: '\ufffdA',
  })
})
