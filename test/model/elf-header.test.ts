import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ELF_HEADER_BYTES, formatElfMachine, readElfHeader } from '../../src/model/elf-header.js'

/** The first bytes of an ELF file, as the System V ABI lays them out. */
function makeHeader(machine: number, bits: number, data: number): Buffer {
  const header = Buffer.alloc(ELF_HEADER_BYTES)
  header.write('\x7fELF', 'latin1')
  header[4] = bits
  header[5] = data
  if (data === 2) header.writeUInt16BE(machine, 18)
  else header.writeUInt16LE(machine, 18)
  return header
}

test.each([
  [3, 1, 1, '386'],
  [62, 2, 1, 'amd64'],
  [40, 1, 1, 'arm'],
  [183, 2, 1, 'arm64'],
  [21, 2, 1, 'ppc64le'],
  [21, 2, 2, 'ppc64'],
  [22, 2, 2, 's390x'],
  [243, 2, 1, 'riscv64'],
  [258, 2, 1, 'loong64'],
  [8, 2, 1, 'mips64le'],
  [8, 1, 2, 'mips'],
])('machine %i of class %i and data %i is %s', (machine, bits, data, architecture) => {
  const header = readElfHeader(makeHeader(machine, bits, data))
  expect(header).toMatchObject({ machine, bits: bits * 32, architecture })
  expect(header && formatElfMachine(header)).toBe(architecture)
})

test('an x32 program, or a machine that OCI does not name, is shown by its number', () => {
  const x32 = readElfHeader(makeHeader(62, 1, 1))
  expect(x32 && formatElfMachine(x32)).toBe('0x3e')
  const bpf = readElfHeader(makeHeader(247, 2, 1))
  expect(bpf && formatElfMachine(bpf)).toBe('0xf7')
})

test('this process’s own program is of this machine', async () => {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  expect(readElfHeader(await readFile(process.execPath))?.architecture).toBe(architecture)
})

test('a view into a larger buffer is read at its own place', () => {
  const bytes = Buffer.concat([Buffer.alloc(7, 1), makeHeader(183, 2, 1)])
  expect(readElfHeader(bytes.subarray(7))?.architecture).toBe('arm64')
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a script', Buffer.from('#!/bin/sh\necho hello world\n')],
  ['too few bytes', makeHeader(62, 2, 1).subarray(0, 19)],
  ['an unknown class', makeHeader(62, 3, 1)],
  ['an unknown byte order', makeHeader(62, 2, 0)],
  ['another magic', Buffer.alloc(64, 0x7f)],
])('%s is no ELF file', (_, bytes) => {
  expect(readElfHeader(bytes)).toBeUndefined()
})
