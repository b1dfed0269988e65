import { describe, expect, test } from 'vitest'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import { readElfFacts } from '../../../src/audit/elf/read-elf.js'
import { fetchPackages } from '../../lab/debian-packages.js'
import { readPackage } from '../../lab/read-package.js'
import { createSource } from '../probes/read-source.js'
import { type ElfShape, packNumbers, type SegmentSpec, SHAPES, writeElf } from './write-elf.js'

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const FRAME = Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex')
const MODULE = Buffer.concat([
  FRAME,
  Buffer.from(
    'path\tx\nmod\tx\t(devel)\t\ndep\tx\tGOAMD64=v4\nbuild\t-ldflags=-s\nbuild\tGOARCH=arm\nbuild\tGOARM=7\n',
  ),
  FRAME,
])
const SETTINGS = { GOARCH: 'arm', GOARM: '7' }
const RELOCATED = 0x20000
const SECTION = { name: '.go.buildinfo', type: 1, flags: 3 }

const read = (bytes: Buffer): ElfFacts | undefined => readElfFacts(createSource(bytes))

function writeVarint(value: number): Buffer {
  const digits: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    digits.push((rest % 128) + (rest < 128 ? 0 : 128))
    if (rest < 128) return Buffer.from(digits)
  }
}

/** Since Go 1.18: both texts after a header of 32 bytes. */
function writeInline(version: string, module: Buffer): Buffer {
  const header = Buffer.concat([MAGIC, Buffer.from([8, 2]), Buffer.alloc(16)])
  const text = Buffer.from(version)
  return Buffer.concat([header, writeVarint(text.length), text, writeVarint(module.length), module])
}

/** Before: addresses of two Go strings, which are an address and a length each. `start` is where all of it is loaded. */
function writePointers(shape: ElfShape, start: number, version: string, module: Buffer): Buffer {
  const word = shape.bits / 8
  const text = Buffer.from(version)
  const strings = start + 32
  const texts = strings + 4 * word
  const flags = shape.endianness === 'big' ? 1 : 0
  const header = Buffer.concat([
    MAGIC,
    Buffer.from([word, flags]),
    packNumbers(shape, ['word', strings, strings + 2 * word]),
    Buffer.alloc(16 - 2 * word),
  ])
  const pointers = packNumbers(shape, ['word', texts, text.length, texts + text.length, module.length])
  return Buffer.concat([header, pointers, text, module])
}

describe.each(SHAPES)('a Go program of $bits bits, $endianness endian', shape => {
  const program = { ...shape, type: 2 }
  const data = (content: Buffer): SegmentSpec => ({ type: 1, flags: 6, address: RELOCATED, content })
  const code: SegmentSpec = { type: 1, flags: 5, address: 0x8000, content: Buffer.from('code') }

  test('tells version and settings of Go since 1.18', () => {
    const blob = writeInline('go1.22.1', MODULE)
    const expected = { version: 'go1.22.1', settings: SETTINGS }
    expect(read(writeElf(program, [code, data(blob)], [{ ...SECTION, content: blob }]))?.go).toEqual(expected)
    // Without sections it is looked for where data begins, on a multiple of 16 bytes.
    const hidden = Buffer.concat([Buffer.alloc(0x52345), MAGIC, Buffer.alloc(0x5_0000)])
    const aligned = Buffer.concat([hidden, Buffer.alloc(16 - (hidden.length % 16)), blob])
    expect(read(writeElf(program, [code, data(aligned)]))?.go).toEqual(expected)
    expect(read(writeElf(program, [code, data(Buffer.concat([Buffer.alloc(8), blob]))]))?.go).toBeUndefined()
  })

  test('tells the version of Go before 1.18', () => {
    const blob = writePointers(shape, RELOCATED, 'go1.16.15', MODULE)
    const expected = { version: 'go1.16.15', settings: SETTINGS }
    expect(read(writeElf(program, [code, data(blob)], [{ ...SECTION, content: blob }]))?.go).toEqual(expected)
    expect(read(writeElf(program, [code, data(blob)]))?.go).toEqual(expected)
  })

  test('is none where its sections say so', () => {
    const blob = writeInline('go1.22.1', MODULE)
    const text = { name: '.text', type: 1, flags: 6, content: Buffer.from('code') }
    expect(read(writeElf(program, [code, data(blob)], [text]))?.go).toBeUndefined()
  })

  test('has no settings without modules', () => {
    const go = { version: 'go1.19.8', settings: {} }
    const build = (blob: Buffer): Buffer => writeElf(program, [data(blob)], [{ ...SECTION, content: blob }])
    expect(read(build(writeInline('go1.19.8', Buffer.alloc(0))))?.go).toEqual(go)
    expect(read(build(writeInline('go1.19.8', Buffer.from('build\tGOARM=7\n'))))?.go).toEqual(go)
  })

  test.each<[string, (blob: Buffer) => Buffer]>([
    ['cut off', blob => blob.subarray(0, 40)],
    ['longer than it may be', blob => Buffer.concat([blob.subarray(0, 32), Buffer.from('ffffff7f', 'hex')])],
    ['without an end to its length', blob => Buffer.concat([blob.subarray(0, 32), Buffer.alloc(9, 0xff)])],
    ['empty', blob => Buffer.concat([blob.subarray(0, 32), Buffer.alloc(9)])],
  ])('is damaged where its version is %s', (_, damage) => {
    const blob = damage(writeInline('go1.22.1 with more words', MODULE))
    const facts = read(writeElf(program, [data(blob)]))
    expect(facts?.go).toBeUndefined()
    expect(facts?.damage).toMatch(/^its Go build information, at byte \d+, cannot be read$/)
  })

  test('is damaged where pointers of the older format lead nowhere', () => {
    const blob = writePointers(shape, 0x7000_0000, 'go1.16.15', MODULE)
    expect(read(writeElf(program, [data(blob)]))?.damage).toMatch(/Go build information/)
    const long = writePointers(shape, RELOCATED, 'go1.16.15', MODULE)
    packNumbers(shape, ['word', 250]).copy(long, 32 + shape.bits / 8)
    const facts = read(writeElf(program, [data(long.subarray(0, 200))]))
    expect(facts?.go).toBeUndefined()
    expect(facts?.damage).toMatch(/Go build information/)
  })
})

test.each(['amd64', 'arm64', 'armel', 'armhf', 'i386', 'ppc64el', 's390x'])(
  'a real Go program for %s has the settings that its bytes name',
  { timeout: 300_000 },
  async architecture => {
    const names = ['amd64', 'arm64', 'armel', 'armhf', 'i386', 'ppc64el', 's390x']
    const debs = await fetchPackages(names.map(name => ({ name: 'gron', architecture: name })))
    const files = await readPackage(debs[names.indexOf(architecture)] ?? '')
    const gron = files.find(({ path }) => path === 'usr/bin/gron')?.content as Buffer
    const text = gron.toString('latin1')
    const settings = [...text.matchAll(/\nbuild\t((?:GO\w+|CGO_ENABLED))=([^\n]*)/g)]
    const expected = Object.fromEntries(settings.map(([, key, value]) => [key, value]))
    delete expected.GOOS
    expect(Object.keys(expected).length).toBeGreaterThan(1)
    const version = /go1\.\d+(?:\.\d+)?/.exec(text)?.[0]
    expect(read(gron)?.go).toEqual({ version, settings: expected })
    expect(read(gron)?.damage).toBeUndefined()
  },
)
