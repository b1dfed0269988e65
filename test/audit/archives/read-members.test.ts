import { expect, test } from 'vitest'
import { readMembers } from '../../../src/audit/archives/read-members.js'
import { writeArchive } from './write-archives.js'

const read = async (bytes: Buffer, paths: readonly string[]) => {
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
  const found = readMembers(source, paths)
  return Object.fromEntries([...found].map(([path, content]) => [path, Buffer.from(content).toString()]))
}

test('members are read by their paths, also those of a jar inside the jar', async () => {
  const inner = await writeArchive([
    { path: 'x86/b.so', content: 'inner' },
    { path: 'a.so', content: 'another' },
  ])
  const outer = await writeArchive([
    { path: 'a.so', content: 'deflated '.repeat(100) },
    { path: 'b.so', content: 'stored', stored: true },
    { path: 'lib/inner.jar', content: inner, stored: true },
    { path: 'lib/other.jar', content: inner },
  ])
  expect(await read(outer, ['a.so', 'b.so', 'lib/inner.jar!/x86/b.so', 'missing.so'])).toEqual({
    'a.so': 'deflated '.repeat(100),
    'b.so': 'stored',
    'lib/inner.jar!/x86/b.so': 'inner',
  })
})

test('what explodes, or is no archive, gives nothing', async () => {
  const bomb = await writeArchive([{ path: 'a.so', content: Buffer.alloc(64 * 1024 * 1024 + 1) }])
  expect(await read(bomb, ['a.so'])).toEqual({})
  expect(await read(Buffer.from('no archive'), ['a.so'])).toEqual({})
})
