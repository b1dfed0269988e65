import { beforeAll, describe, expect, test } from 'vitest'
import type { ByteSource } from '../../../src/audit/byte-source.js'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import { readElfFacts } from '../../../src/audit/elf/read-elf.js'
import { createRandom, pickNumber, type Random } from '../../lab/random.js'
import { readElfFiles } from './debian-elf-files.js'
import { packNumbers, SHAPES, writeDynamic, writeElf, writeNote } from './write-elf.js'

const MIB = 1024 * 1024

/** Reads the facts, and fails where more is read or kept than any file may cost. */
function readBounded(bytes: Buffer): ElfFacts | undefined {
  let total = 0
  let calls = 0
  const source: ByteSource = {
    size: bytes.length,
    read(offset, length) {
      expect(offset).toBeGreaterThanOrEqual(0)
      expect(length).toBeLessThanOrEqual(MIB)
      total += Math.min(length, Math.max(0, bytes.length - offset))
      calls += 1
      return bytes.subarray(offset, offset + length)
    },
  }
  const facts = readElfFacts(source)
  expect(total).toBeLessThan(16 * MIB)
  expect(calls).toBeLessThan(20_000)
  expect(JSON.stringify(facts ?? null).length).toBeLessThan(2 * MIB)
  return facts
}

const SAMPLES = [
  ['amd64', 'usr/bin/openssl'],
  ['amd64', 'lib/x86_64-linux-gnu/libc.so.6'],
  ['armhf', 'usr/lib/arm-linux-gnueabihf/libstdc++.so.6.0.30'],
  ['i386', 'bin/true'],
  ['mips64el', 'bin/true'],
  ['s390x', 'usr/bin/perl'],
] as const

describe.each(SAMPLES)('damage to %s %s', (architecture, path) => {
  let file: Buffer = Buffer.alloc(0)
  let places: number[] = []

  beforeAll(async () => {
    const files = await readElfFiles(architecture)
    file = files.find(entry => entry.path === path)?.content ?? file
    places = listPlaces(file)
  }, 900_000)

  test('by cutting it off is told, wherever it is cut', () => {
    const whole = readBounded(file)
    expect(whole?.damage).toBeUndefined()
    const cuts = [
      ...Array.from({ length: 1024 }, (_, at) => at),
      ...places.flatMap(at => [at - 1, at, at + 1]),
    ]
    for (const cut of cuts.filter(at => at >= 0 && at < file.length)) {
      const facts = readBounded(file.subarray(0, cut))
      if (cut < 4) expect(facts).toBeUndefined()
      else expect(facts?.damage, `cut at ${cut}`).toMatch(/^\S.*[^.]$/)
    }
  })

  test('in single bits never breaks the reader', () => {
    const random = createRandom(3)
    const spots = [...Array.from({ length: 1024 }, (_, at) => at), ...places]
    for (let round = 0; round < 3000; round += 1) {
      const copy = Buffer.from(file)
      for (let flips = 1 + pickNumber(random, 4); flips > 0; flips -= 1) {
        const near = (spots[pickNumber(random, spots.length)] ?? 0) + pickNumber(random, 64)
        const at = Math.min(near, copy.length - 1)
        copy[at] = (copy[at] ?? 0) ^ (1 << pickNumber(random, 8))
      }
      readBounded(copy)
    }
  })

  test('in whole numbers never breaks the reader', () => {
    const random = createRandom(4)
    for (let round = 0; round < 3000; round += 1) {
      const copy = Buffer.from(file)
      for (let changes = 1 + pickNumber(random, 3); changes > 0; changes -= 1) {
        const around = pickNumber(random, 2) === 0 ? 16 : (places[pickNumber(random, places.length)] ?? 0)
        const at = Math.min(around + 4 * pickNumber(random, 16), copy.length - 8)
        pickValue(random).copy(copy, at)
      }
      readBounded(copy)
    }
  })
})

/** Numbers that break readers: none, one, the largest of each width, and any. */
function pickValue(random: Random): Buffer {
  const patterns = [
    '00000000',
    '01000000',
    '00000001',
    'ffffffff',
    'ffffffffffffffff',
    '0000000000000080',
    'ffff',
  ]
  const pattern = patterns[pickNumber(random, patterns.length + 1)]
  if (pattern !== undefined) return Buffer.from(pattern, 'hex')
  return Buffer.from(Array.from({ length: 8 }, () => pickNumber(random, 256)))
}

/** Offsets at which something begins: segments, sections, and their tables. */
function listPlaces(file: Buffer): number[] {
  const wide = file[4] === 2
  const little = file[5] === 1
  const u16 = (at: number): number => (little ? file.readUInt16LE(at) : file.readUInt16BE(at))
  const word = (at: number): number => {
    if (!wide) return little ? file.readUInt32LE(at) : file.readUInt32BE(at)
    return Number(little ? file.readBigUInt64LE(at) : file.readBigUInt64BE(at))
  }
  const [segments, sections] = wide ? [word(32), word(40)] : [word(28), word(32)]
  const [segmentCount, sectionCount] = wide ? [u16(56), u16(60)] : [u16(44), u16(48)]
  const places = [segments, sections]
  for (let index = 0; index < segmentCount; index += 1)
    places.push(word(segments + index * (wide ? 56 : 32) + (wide ? 8 : 4)))
  for (let index = 0; index < sectionCount; index += 1) {
    const at = sections + index * (wide ? 64 : 40)
    places.push(at, word(at + (wide ? 24 : 16)))
  }
  return [...new Set(places)].filter(at => at < file.length)
}

describe.each(SHAPES)('a file made to hurt, of $bits bits, $endianness endian', shape => {
  const long = 'x'.repeat(3000)
  const dynamicOf = (bytes: Buffer): ElfFacts | undefined => readBounded(bytes)

  test('may claim any number of needed libraries', () => {
    const facts = dynamicOf(writeElf(shape, writeDynamic(shape, { needed: Array(5000).fill('libx.so') })))
    expect(facts?.needed?.length).toBe(4096)
    expect(facts?.damage).toBe('it needs more than 4096 libraries')
  })

  test('may give one long name thousands of times', () => {
    const facts = dynamicOf(writeElf(shape, writeDynamic(shape, { needed: Array(4000).fill(long) })))
    expect(facts?.needed?.length).toBeLessThan(400)
    expect(facts?.damage).toMatch(/cannot be read/)
  })

  test('may have a name without an end', () => {
    const needed = ['x'.repeat(10_000), 'libc.so.6']
    const facts = dynamicOf(writeElf(shape, writeDynamic(shape, { needed })))
    expect(facts?.needed).toEqual(['libc.so.6'])
    expect(facts?.damage).toMatch(/cannot be read/)
  })

  test('may chain its versions to each other', () => {
    const versions = Array.from({ length: 300 }, (_, index) => ({ name: `V${index}` }))
    const needs = Array.from({ length: 400 }, (_, index) => ({ file: `lib${index}.so`, versions }))
    const facts = dynamicOf(writeElf(shape, writeDynamic(shape, { needs })))
    expect(facts?.damage).toBe('it has more than 65536 versions')
    const loop = writeElf(shape, writeDynamic(shape, { needs: needs.slice(0, 2) }))
    // Each library's record is the next one's, one byte further on.
    const first = loop.indexOf(packNumbers(shape, [2, 1, 300]))
    packNumbers(shape, [4, 1]).copy(loop, first + 12)
    expect(dynamicOf(loop)?.versionNeeds).toBeDefined()
  })

  test('may have notes without end', () => {
    const empty = Buffer.concat(Array(20_000).fill(writeNote(shape, '', 0, Buffer.alloc(0))))
    expect(dynamicOf(writeElf(shape, [{ type: 4, content: empty, align: 4 }]))?.damage).toBeUndefined()
    const huge = packNumbers(shape, [4, 0xffffffff, 0xffffffff, 3])
    expect(dynamicOf(writeElf(shape, [{ type: 4, content: huge, align: 4 }]))?.damage).toMatch(
      /a note, at byte/,
    )
  })

  test('may claim a dynamic section of any size', () => {
    const [load, dynamic] = writeDynamic(shape, { needed: ['libc.so.6'] })
    if (load === undefined || dynamic === undefined) throw new Error('no segments')
    const facts = dynamicOf(writeElf(shape, [load, { ...dynamic, fileSize: 0x7fffffff }]))
    expect(facts).toMatchObject({
      needed: ['libc.so.6'],
      damage: 'its dynamic section claims 2147483647 bytes',
    })
  })

  test('may have tables of any number and size', () => {
    const counts = shape.bits === 64 ? [54, 56, 58, 60] : [42, 44, 46, 48]
    for (const at of counts) {
      const file = writeElf(shape, writeDynamic(shape, { needed: ['libc.so.6'] }), [
        { name: '.text', type: 1, content: Buffer.from('x') },
      ])
      file.writeUInt16LE(0xfefe, at)
      expect(dynamicOf(file)?.damage).toMatch(/headers/)
    }
  })

  test('may have paths of many folders, as some package managers write them', () => {
    const runpath = Array.from({ length: 300 }, (_, index) => `/opt/store/${index}/${'y'.repeat(40)}/lib`)
    const facts = dynamicOf(writeElf(shape, writeDynamic(shape, { runpath: runpath.join(':') })))
    expect(facts?.runpath).toEqual(runpath)
    expect(facts?.damage).toBeUndefined()
  })
})

test('a header that names no class or no byte order is told', () => {
  const file = writeElf(SHAPES[0] as (typeof SHAPES)[0], [])
  for (const at of [4, 5]) {
    const copy = Buffer.from(file)
    copy[at] = 9
    expect(readBounded(copy)).toMatchObject({ type: 'other', damage: /class or byte order/ })
  }
})
