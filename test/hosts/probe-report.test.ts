import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { findBinfmtHandler, readBinfmtHandlers } from '../../src/hosts/binfmt.js'
import { makeProbeProgram, PROBE_ARCHITECTURES } from '../../src/hosts/probe-program.js'
import { readProbeReport } from '../../src/hosts/probe-report.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { createRandom } from '../lab/random.js'

/** What the probe programs wrote on kernels of their own (as guests of full-system QEMU) and under QEMU's user mode. */
const readRecording = (name: string) => readFile(new URL(`probe-reports/${name}.bin`, import.meta.url))

describe('on a kernel of the program’s own', () => {
  test.each([
    [
      'arm64',
      'linux-6.1-arm64',
      { pageSize: 4096, platform: 'aarch64', hwcap: '0xfdffffff', hwcap2: '0x3ffff' },
    ],
    ['arm', 'linux-6.1-arm', { pageSize: 4096, platform: 'v7l' }],
    ['arm', 'linux-6.1-arm-on-arm64', { pageSize: 4096, platform: 'v8l' }],
    ['ppc64le', 'linux-6.1-ppc64le', { pageSize: 65536, platform: 'power9' }],
    ['s390x', 'linux-6.1-s390x', { pageSize: 4096, platform: 'z15' }],
    ['riscv64', 'linux-6.12-riscv64', { pageSize: 4096, hwcap: '0x112d' }],
    ['mips64le', 'linux-6.1-mips64le', { pageSize: 4096, platform: 'mips' }],
  ])('%s (%s)', async (architecture, name, facts) => {
    const report = readProbeReport(architecture, await readRecording(name))
    expect(report).toMatchObject({ emulated: false, vdso: true, ...facts })
    expect(report?.cpuTimeMs).toBeGreaterThan(0)
  })
})

describe('under QEMU’s user mode', () => {
  test.each(PROBE_ARCHITECTURES)('%s, with a vDSO as from version 8.2 on', async architecture => {
    const report = readProbeReport(architecture, await readRecording(`qemu-10.0-${architecture}`))
    expect(report).toMatchObject({ emulated: true, vdso: architecture !== 'mips64le' })
  })

  test.each(['amd64', '386'])('%s, which this machine would run itself', async architecture => {
    const report = readProbeReport(architecture, await readRecording(`qemu-7.2-${architecture}`))
    expect(report).toMatchObject({ emulated: true, vdso: false, pageSize: 4096 })
  })
})

test.each(PROBE_ARCHITECTURES)('%s, as this machine runs it now', async architecture => {
  const proof = await proveOnThisKernel(architecture)
  if (!proof.ran) return
  const handlers = (await readBinfmtHandlers()) ?? []
  const handler = findBinfmtHandler(handlers, makeProbeProgram(architecture) as Buffer)
  expect(proof.report).toMatchObject({ emulated: handler !== undefined })
  expect(proof.report?.cpuTimeMs).toBeGreaterThan(0)
})

/** A report of amd64 with these auxiliary entries. */
function makeReport(
  entries: readonly (readonly [number, number])[],
  changes: Record<number, number> = {},
  variables = 1,
) {
  const envp = Array.from({ length: variables }, () => 0x3000)
  const words = [0x1000, 0, 100, 0, 20_000_100, 1, 0x2000, 0, ...envp, 0, ...entries.flat(), 0, 0]
  for (const [index, value] of Object.entries(changes)) words[Number(index)] = value
  const bytes = Buffer.alloc(words.length * 8)
  for (const [index, value] of words.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8)
  return bytes
}

const inOrder = (...types: number[]) => types.map(type => [type, type === 6 ? 4096 : 1] as const)
const LINUX = [16, 6, 17, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14]
const QEMU = [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17]

describe('who made the stack', () => {
  test.each<[string, number[], boolean | undefined]>([
    ['the kernel', [33, 51, ...LINUX, 23, 25], false],
    ['QEMU', [...QEMU, 25, 23], true],
    ['QEMU, with entries of the architecture first', [22, 22, 19, 20, 21, ...QEMU, 33], true],
    ['something with the kernel’s order and no vDSO', LINUX, undefined],
    [
      'something with an order of its own and a vDSO',
      [3, 4, 5, 7, 9, 11, 12, 13, 14, 23, 17, 31, 25, 6, 33],
      undefined,
    ],
    ['something that stops early', [33, 16, 6, 17], undefined],
    ['nobody', [], undefined],
  ])('%s', (_, types, emulated) => {
    expect(readProbeReport('amd64', makeReport(inOrder(...types)))?.emulated).toBe(emulated)
    expect(readProbeReport('amd64', makeReport(inOrder(...types)))?.cpuTimeMs).toBe(20)
  })
})

describe('what no probe program wrote', () => {
  const whole = makeReport(inOrder(33, ...LINUX))

  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(4096)],
    ['text', Buffer.from('exec format error\n'.repeat(40))],
    ['more arguments than there are', makeReport(inOrder(...LINUX), { 5: 3 })],
    ['fewer arguments than there are', makeReport(inOrder(...LINUX), { 5: 0 })],
    ['more environment than a start has', makeReport(inOrder(...LINUX), {}, 10_000)],
    ['a clock that runs backwards', makeReport(inOrder(...LINUX), { 4: 1 })],
    ['a clock that stands', makeReport(inOrder(...LINUX), { 4: 100 })],
    ['a billion nanoseconds', makeReport(inOrder(...LINUX), { 4: 1_000_000_000 })],
    ['a year', makeReport(inOrder(...LINUX), { 3: 31_536_000 })],
    ['a page of 5000 bytes', makeReport([[6, 5000]])],
    ['a page of nothing', makeReport([[6, 0]])],
    ['a page of a terabyte', makeReport([[6, 2 ** 40]])],
    ['more than a tail after the vector', Buffer.concat([whole, Buffer.alloc(129)])],
    ['a flood', Buffer.concat([whole, Buffer.alloc(1_000_000)])],
  ])('%s', (_, bytes) => {
    expect(readProbeReport('amd64', bytes)).toBeUndefined()
  })

  test('a part of it', () => {
    for (let length = 0; length < whole.length; length++)
      expect(readProbeReport('amd64', whole.subarray(0, length)), `${length} bytes`).toBeUndefined()
  })

  test('that of another word size or byte order, or of no known architecture', async () => {
    const bytes = await readRecording('linux-6.1-arm64')
    for (const other of ['386', 's390x', 'made-up', 'constructor'])
      expect(readProbeReport(other, bytes), other).toBeUndefined()
  })

  test('a name that leads out of the bytes, has no end or is not one', () => {
    const platform = (value: number, tail: string) =>
      readProbeReport('amd64', Buffer.concat([makeReport([[15, value]]), Buffer.from(tail)]))
    // The vector ends 104 bytes above the first word of the stack.
    const end = 0x1000 + makeReport([[15, 0]]).length - 40
    expect(platform(end, 'x86_64\0')).toMatchObject({ platform: 'x86_64' })
    for (const [value, tail] of [
      [end, 'x86_64'],
      [end, '\u001b[31m\0'],
      [end, '\0'],
      [end, `${'x'.repeat(33)}\0`],
      [end + 100, 'x86_64\0'],
      [0, 'x86_64\0'],
      [Number.MAX_SAFE_INTEGER, 'x86_64\0'],
    ] as const)
      expect(platform(value, tail)).toEqual({ emulated: undefined, cpuTimeMs: 20, vdso: false })
  })

  test('nothing that a host may send makes it fail', async () => {
    const random = createRandom(7)
    const recordings = await Promise.all(['qemu-10.0-arm', 'linux-6.1-ppc64le'].map(readRecording))
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(recordings[round % 2] as Buffer)
      for (let change = 0; change < 8; change++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      for (const architecture of ['arm', 'ppc64le', 's390x']) {
        const report = readProbeReport(architecture, bytes)
        if (report !== undefined) expect(report.cpuTimeMs).toBeGreaterThan(0)
      }
    }
  })
})
