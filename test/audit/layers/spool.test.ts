import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Spool } from '../../../src/audit/layers/spool.js'
import { ArchparityError } from '../../../src/errors.js'

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'spool-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test.each([1, 64, 1 << 20])('gives back what was written, with %i bytes in memory', memory => {
  const spool = new Spool(makeFolder(), memory)
  spool.write(Buffer.from('begin'), 0)
  spool.write(Buffer.from('end'), 200)
  const source = spool.read(210)
  const expected = Buffer.alloc(210)
  expected.write('begin', 0)
  expected.write('end', 200)
  expect(Buffer.from(source.read(0, 1000))).toEqual(expected)
  spool.clear()
})

test('a folder that cannot be written to is an error that names it, and says what to do', () => {
  const folder = path.join(makeFolder(), 'missing')
  const spool = new Spool(folder, 1)
  const write = () => spool.write(Buffer.from('two'), 0)
  expect(write).toThrow(ArchparityError)
  expect(write).toThrow(folder)
  expect(() => spool.read(10)).toThrow(expect.objectContaining({ code: 'TEMPORARY_FAILED' }))
})
