import { describe, expect, test } from 'vitest'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import { readElfFacts } from '../../../src/audit/elf/read-elf.js'
import { createSource } from '../probes/read-source.js'
import { readWithReadelf } from './readelf.js'
import {
  type DynamicSpec,
  type ElfShape,
  packNumbers,
  type SegmentSpec,
  SHAPES,
  writeDynamic,
  writeElf,
  writeNote,
  writeProperties,
} from './write-elf.js'

const X86_64: ElfShape = { bits: 64, endianness: 'little', machine: 62 }
const I386: ElfShape = { bits: 32, endianness: 'little', machine: 3 }
const ARM: ElfShape = { bits: 32, endianness: 'little', machine: 40, flags: 0x05000000 }
const ARM64: ElfShape = { bits: 64, endianness: 'little', machine: 183 }
const STACK = 0x6474e551

const read = (bytes: Buffer): ElfFacts | undefined => readElfFacts(createSource(bytes))

function readWord(bytes: Buffer, at: number, { bits, endianness }: ElfShape): bigint {
  const word = Buffer.from(bytes.subarray(at, at + bits / 8))
  if (endianness === 'little') word.reverse()
  return BigInt(`0x${word.toString('hex')}`)
}

/** What is read, after readelf has said the same. */
async function readBoth(bytes: Buffer): Promise<ElfFacts | undefined> {
  const facts = read(bytes)
  const { architecture, ...rest } = facts ?? {}
  const [expected] = await readWithReadelf([bytes])
  expect(rest).toEqual(JSON.parse(JSON.stringify(expected)))
  return facts
}

test('is silent about what is no ELF file', () => {
  expect(read(Buffer.from(''))).toBeUndefined()
  expect(read(Buffer.from('\x7fEL'))).toBeUndefined()
  expect(read(Buffer.from('#!/bin/sh\n'))).toBeUndefined()
})

describe.each(SHAPES)('a file of machine $machine, $bits bits, $endianness endian', shape => {
  const build = (spec: DynamicSpec): Buffer => writeElf(shape, writeDynamic(shape, spec))

  test('tells what a library needs and where it may be', async () => {
    const needed = ['libm.so.6', 'libc.so.6']
    const facts = await readBoth(
      build({ soname: 'libx.so.1', needed, rpath: '/a:$ORIGIN/../lib', runpath: '/opt/lib', flags1: 0x800 }),
    )
    expect(facts).toMatchObject({
      type: 'shared',
      soname: 'libx.so.1',
      needed,
      rpath: ['/a', '$ORIGIN/../lib'],
      runpath: ['/opt/lib'],
      noDefaultLib: true,
    })
  })

  // readelf finds these by sections alone: the packages' own files are held against it.
  test('tells needed and defined versions, without weak ones and the base', () => {
    const facts = read(
      build({
        soname: 'libx.so.1',
        needed: ['libc.so.6'],
        needs: [
          {
            file: 'libc.so.6',
            versions: [{ name: 'GLIBC_2.17' }, { name: 'GLIBC_2.38', flags: 2 }, { name: 'GLIBC_2.34' }],
          },
          { file: 'libweak.so.1', versions: [{ name: 'WEAK_1', flags: 2 }] },
          { file: 'libm.so.6', versions: [{ name: 'GLIBC_2.29' }] },
        ],
        definitions: [{ name: 'libx.so.1', flags: 1 }, { name: 'X_1.0' }, { name: 'X_1.1', flags: 2 }],
      }),
    )
    expect(facts?.versionNeeds).toEqual({
      'libc.so.6': ['GLIBC_2.17', 'GLIBC_2.34'],
      'libm.so.6': ['GLIBC_2.29'],
    })
    expect(facts?.versionDefinitions).toEqual(['X_1.0', 'X_1.1'])
  })

  test('tells programs that can be loaded anywhere from libraries', async () => {
    const interpreter = '/lib/ld-test.so.1'
    expect(await readBoth(build({ interpreter, flags1: 0x08000000 }))).toMatchObject({
      type: 'pie',
      interpreter,
    })
    // Made before linkers marked them; and a library that can also be started, as the C library itself is.
    expect((await readBoth(build({ interpreter })))?.type).toBe('pie')
    expect((await readBoth(build({ interpreter, soname: 'libc.so.6' })))?.type).toBe('shared')
    expect((await readBoth(build({ flags1: 0x08000000 })))?.type).toBe('pie')
  })

  test('tells the build id by either way to it', async () => {
    const note = writeNote(shape, 'GNU', 3, Buffer.from('00112233445566778899aabbccddeeff01234567', 'hex'))
    const buildId = '00112233445566778899aabbccddeeff01234567'
    expect((await readBoth(writeElf(shape, [{ type: 4, content: note, align: 4 }])))?.buildId).toBe(buildId)
    const section = { name: '.note.gnu.build-id', type: 7, flags: 2, content: note }
    expect(await readBoth(writeElf({ ...shape, type: 1 }, [], [section]))).toMatchObject({
      type: 'relocatable',
      buildId,
    })
  })

  test('ends its dynamic section and its names where it says', async () => {
    const needed = ['libc.so.6']
    expect(
      await readBoth(
        build({
          needed,
          after: [
            [1, 'libx.so'],
            [14, 'y'],
          ],
        }),
      ),
    ).toMatchObject({ needed })
    const facts = read(build({ needed: ['libc.so.6', 'libm.so.6'], stringBytes: 11 }))
    expect(facts?.needed).toEqual(needed)
    expect(facts?.damage).toMatch(/^a name of its dynamic section, at byte 11 of the string table/)
  })

  test('has its dynamic section where the loader finds it', () => {
    const needed = ['libc.so.6']
    const [load, dynamic] = writeDynamic(shape, { needed }) as [SegmentSpec, SegmentSpec]
    expect(read(writeElf(shape, [load, { ...dynamic, offset: 0 }]))?.needed).toEqual(needed)
    expect(read(writeElf(shape, [load, { ...dynamic, address: 0x7000_0000 }]))?.needed).toEqual(needed)
  })

  test('has more segments than its header can count', async () => {
    const segments = [...writeDynamic(shape, { interpreter: '/lib/ld.so' }), { type: STACK, flags: 7 }]
    // One more than the writer of the dynamic section counts on moves what the segments point to.
    const size = shape.bits === 64 ? 64 : 32
    const moved = segments.map(segment =>
      segment.offset === undefined
        ? segment
        : { ...segment, offset: segment.offset + Math.ceil(size / 16) * 16 },
    )
    const file = writeElf(shape, moved, [{ name: '.text', type: 1, content: Buffer.from('x') }])
    const expected = await readBoth(file)
    expect(expected).toMatchObject({ executableStack: true })
    const sections = Number(shape.bits === 64 ? readWord(file, 40, shape) : readWord(file, 32, shape))
    packNumbers(shape, [4, segments.length]).copy(file, sections + (shape.bits === 64 ? 44 : 28))
    packNumbers(shape, [2, 0xffff]).copy(file, shape.bits === 64 ? 56 : 44)
    expect(await readBoth(file)).toEqual(expected)
  })

  test('takes any name for a library', () => {
    const facts = read(
      build({ needs: [{ file: '__proto__', versions: [{ name: 'constructor' }] }], needed: ['__proto__'] }),
    )
    expect(facts?.needed).toEqual(['__proto__'])
    expect(JSON.stringify(facts?.versionNeeds)).toBe('{"__proto__":["constructor"]}')
  })
})

test.each([4, 8] as const)('notes are padded to %s bytes as their segment is aligned', async align => {
  const notes = [
    writeNote(X86_64, 'GNU', 1, Buffer.from('00000000', 'hex'), align),
    writeNote(X86_64, 'GNU', 3, Buffer.from('0123456789', 'hex'), align),
  ]
  const facts = await readBoth(writeElf(X86_64, [{ type: 4, content: Buffer.concat(notes), align }]))
  expect(facts?.buildId).toBe('0123456789')
})

test('has Go’s own build id where there is no other', () => {
  const go = writeNote(ARM64, 'Go', 4, Buffer.from('abc/def'))
  const gnu = writeNote(ARM64, 'GNU', 3, Buffer.from('0123', 'hex'))
  expect(read(writeElf(ARM64, [{ type: 4, content: go, align: 4 }]))?.buildId).toBe(
    Buffer.from('abc/def').toString('hex'),
  )
  expect(
    read(
      writeElf(
        ARM64,
        [{ type: 4, content: go, align: 4 }],
        [{ name: '.note.gnu.build-id', type: 7, content: gnu }],
      ),
    )?.buildId,
  ).toBe('0123')
})

describe('the x86-64 level', () => {
  const build = (shape: ElfShape, properties: readonly (readonly [number, number])[]): Buffer =>
    writeElf(shape, [
      { type: 0x6474e553, content: writeProperties(shape, properties), align: shape.bits / 8 },
      { type: 4, content: writeProperties(shape, properties), align: shape.bits / 8 },
    ])

  test.each([
    [[[0xc0008002, 1]], 1],
    [[[0xc0008002, 3]], 2],
    [[[0xc0008002, 7]], 3],
    [[[0xc0008002, 15]], 4],
    // Only the highest bit decides, and other properties around it do not.
    [
      [
        [0xc0000002, 3],
        [0xc0008001, 0x3f],
        [0xc0008002, 4],
        [0xc0010002, 15],
      ],
      3,
    ],
    // Used, and not needed.
    [[[0xc0010002, 15]], undefined],
    [[[0xc0008002, 0]], undefined],
    // The two older numberings: SSE2, SSSE3, AVX2, AVX-512F.
    [[[0xc0000001, 1 << 4]], 1],
    [[[0xc0000001, 1 << 6]], 2],
    [[[0xc0000001, 1 << 10]], 3],
    [[[0xc0000001, 1 << 11]], 4],
    [[[0xc0008000, 1 << 2]], 1],
    [[[0xc0008000, 1 << 4]], 2],
    [[[0xc0008000, 1 << 9]], 3],
    [[[0xc0008000, 1 << 10]], 4],
  ] as const)('of properties %j is %s', async (properties, level) => {
    expect((await readBoth(build(X86_64, properties)))?.x86IsaLevel).toBe(level)
    expect((await readBoth(build(I386, properties)))?.x86IsaLevel).toBe(level)
  })

  test('is for x86 only', async () => {
    expect((await readBoth(build(ARM64, [[0xc0008002, 7]])))?.x86IsaLevel).toBeUndefined()
  })
})

describe('ARM attributes', () => {
  /** `.ARM.attributes` of vendors and their attributes for the whole file. */
  const build = (flags: number, vendors: Readonly<Record<string, readonly number[]>>): Buffer => {
    const sections = Object.entries(vendors).map(([vendor, attributes]) => {
      const file = Buffer.concat([
        Buffer.from([1]),
        packNumbers(ARM, [4, 5 + attributes.length]),
        Buffer.from(attributes),
      ])
      const name = Buffer.from(`${vendor}\0`)
      return Buffer.concat([packNumbers(ARM, [4, 4 + name.length + file.length]), name, file])
    })
    const content = Buffer.concat([Buffer.from('A'), ...sections])
    return writeElf({ ...ARM, flags }, [], [{ name: '.ARM.attributes', type: 0x70000003, content }])
  }
  const text = (value: string): number[] => [...Buffer.from(`${value}\0`)]

  test('tell processor and float ABI', async () => {
    const attributes = [5, ...text('7-A'), 6, 10, 7, 0x41, 8, 1, 10, 3, 28, 1, 34, 1]
    expect(await readBoth(build(0x05000000, { aeabi: attributes }))).toMatchObject({
      armArchitecture: 10,
      armCpuName: '7-A',
      floatAbi: 'hard',
    })
  })

  test('yield to the flags of the header', async () => {
    expect((await readBoth(build(0x05000200, { aeabi: [6, 3, 28, 1] })))?.floatAbi).toBe('soft')
    expect((await readBoth(build(0x05000400, { aeabi: [6, 6] })))?.floatAbi).toBe('hard')
    // Without a version of the ABI the bit means a kind of floating-point unit.
    expect(read(build(0x400, { aeabi: [6, 3] }))?.floatAbi).toBeUndefined()
  })

  test('are found behind other vendors, texts and long numbers', async () => {
    const before = [4, ...text('raw'), 32, 1, ...text('gnu'), 44, 0x81, 0x01]
    // A text that would be another processor if it were not passed over.
    const attributes = [...before, 6, 14, 67, ...text('2\x06\x03')]
    const facts = await readBoth(build(0x05000000, { gnu: [4, 1], aeabi: attributes }))
    expect(facts?.armArchitecture).toBe(14)
  })

  test('are damaged where their lengths are', () => {
    const bytes = build(0x05000000, { aeabi: [6, 10] })
    bytes.writeUInt32LE(0x7fffffff, bytes.indexOf('aeabi') - 4)
    expect(read(bytes)).toMatchObject({ machine: 40, damage: 'its ARM attributes cannot be read' })
  })
})

describe('pages', () => {
  const load = (spec: Partial<SegmentSpec>): SegmentSpec => ({
    type: 1,
    fileSize: 0x100,
    memorySize: 0x100,
    ...spec,
  })
  const build = (...segments: Partial<SegmentSpec>[]): Buffer =>
    Buffer.concat([writeElf(ARM64, segments.map(load)), Buffer.alloc(0x30000)])

  test.each<[string, Partial<SegmentSpec>[], number | undefined, number]>([
    [
      'aligned to 64 KiB',
      [
        { offset: 0, address: 0, align: 0x10000, flags: 5 },
        { offset: 0x100, address: 0x10100, align: 0x10000, flags: 6 },
      ],
      65536,
      0x10000,
    ],
    [
      'aligned to 16 KiB',
      [
        { offset: 0, address: 0, align: 0x4000, flags: 5 },
        { offset: 0x100, address: 0x4100, align: 0x4000, flags: 6 },
      ],
      16384,
      0x4000,
    ],
    [
      'aligned to 4 KiB',
      [
        { offset: 0, address: 0, align: 0x1000, flags: 5 },
        { offset: 0x1100, address: 0x2100, align: 0x1000, flags: 6 },
      ],
      4096,
      0x1000,
    ],
    [
      'of different permissions in one large page',
      [
        { offset: 0, address: 0x400000, align: 0x1000, flags: 5 },
        { offset: 0x1000, address: 0x401000, align: 0x1000, flags: 4 },
      ],
      4096,
      0x1000,
    ],
    [
      'of the same permissions in one large page',
      [
        { offset: 0, address: 0x400000, align: 0x1000, flags: 4 },
        { offset: 0x1000, address: 0x401000, align: 0x1000, flags: 4 },
      ],
      65536,
      0x1000,
    ],
    [
      'of the same permissions in one large page, the first with zeros at its end',
      [
        { offset: 0, address: 0x400000, align: 0x1000, flags: 6, memorySize: 0x200 },
        { offset: 0x1000, address: 0x401000, align: 0x1000, flags: 6 },
      ],
      4096,
      0x1000,
    ],
    ['that no page fits', [{ offset: 0x10, address: 0x20, align: 1 }], undefined, 1],
    [
      'of which one is empty',
      [
        { offset: 0, address: 0, align: 0x10000 },
        { offset: 1, address: 0, align: 1, fileSize: 0, memorySize: 0 },
      ],
      65536,
      0x10000,
    ],
    // Beyond what a number can hold exactly.
    ['far up', [{ offset: 0x3000, address: 2 ** 63 + 0x7000, align: 0x1000 }], 16384, 0x1000],
  ])('hold segments %s', async (_, segments, maxPageSize, loadAlign) => {
    const facts = await readBoth(build(...segments))
    expect([facts?.maxPageSize, facts?.loadAlign]).toEqual([maxPageSize, loadAlign])
  })
})

test.each<[string, ElfShape, SegmentSpec[], true | undefined]>([
  ['asked for', ARM64, [{ type: STACK, flags: 7 }], true],
  ['refused', X86_64, [{ type: STACK, flags: 6 }], undefined],
  ['not mentioned, on arm64', ARM64, writeDynamic(ARM64, {}), undefined],
  ['not mentioned, on amd64', X86_64, writeDynamic(X86_64, {}), true],
  ['not mentioned, on 386', I386, writeDynamic(I386, {}), true],
  [
    'not mentioned by a static program, on amd64',
    X86_64,
    [{ type: 1, flags: 5, content: Buffer.from('x') }],
    undefined,
  ],
])('an executable stack that is %s', async (_, shape, segments, expected) => {
  expect((await readBoth(writeElf(shape, segments)))?.executableStack).toBe(expected)
})
