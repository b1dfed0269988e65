import { deflateRawSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { findNativeMembers } from '../../../src/audit/archives/native-members.js'
import { walkZip } from '../../../src/audit/archives/zip-directory.js'
import { readElfFacts } from '../../../src/audit/elf/read-elf.js'
import type { FileFact } from '../../../src/audit/inventory.js'
import { createRandom, pickNumber } from '../../lab/random.js'
import { type DebianElfFile, readElfFiles } from '../elf/debian-elf-files.js'
import { createSource, readFact } from '../probes/read-source.js'
import { type ArchiveFile, type ArchiveWishes, writeArchive } from './write-archives.js'

const CLASSES: readonly ArchiveFile[] = [
  { path: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\n' },
  { path: 'a/B.class', content: Buffer.from('cafebabe00000037', 'hex') },
]
let libraries: DebianElfFile[] = []
let natives: ArchiveFile[] = []

const describeMember = ({ path, content }: ArchiveFile, prefix = '') => {
  const elf = readElfFacts(createSource(content))
  return { path: prefix + path, size: content.length, ...(elf ? { elf } : {}) }
}

beforeAll(async () => {
  for (const architecture of ['amd64', 's390x']) {
    const files = await readElfFiles(architecture)
    libraries.push(...files.filter(({ path }) => /\/(?:UTF-16|BIG5)\.so$/.test(path)))
  }
  libraries = libraries.filter(({ path }) => path.startsWith('usr/lib/'))
  natives = [
    ...libraries.map(({ architecture, path, content }) => ({
      path: `${architecture}/${path.split('/').at(-1)}`,
      content,
    })),
    { path: 'darwin/libx.dylib', content: Buffer.from('cffaedfe0c000001', 'hex') },
    { path: 'windows/x.dll', content: `MZ${'\0'.repeat(5000)}` },
    { path: 'darwin/libx.jnilib', content: '' },
    { path: 'linux/libx.so.1.2', content: 'no library' },
  ]
}, 900_000)

describe.each<[string, ArchiveWishes]>([
  ['as it is', {}],
  ['as a stream', { stream: true }],
  ['with 64-bit sizes', { wide: true }],
  ['as a stream with 64-bit sizes', { stream: true, wide: true }],
  ['behind a start script', { front: '#!/bin/sh\nexec java -jar "$0"\n' }],
  ['with a comment that looks like an end', { comment: 'PK\x05\x06 and more than twenty-two bytes' }],
])('an archive that is written %s', (_, wishes) => {
  test.each([true, false])('gives its native members (stored: %s)', async stored => {
    const files = [...CLASSES, ...natives].map(file => ({ ...file, stored }))
    const fact = await readFact('app/x.jar', await writeArchive(files, wishes))
    expect(natives.length).toBe(8)
    expect(fact).toEqual({ kind: 'archive', members: natives.map(file => describeMember(file)) })
  })

  test.each([true, false])('gives those of the jars inside it, and not of jars in these', async stored => {
    const innermost = await writeArchive(natives)
    const inner = await writeArchive([...CLASSES, ...natives, { path: 'c.jar', content: innermost }], wishes)
    const outer = await writeArchive([...CLASSES, { path: 'BOOT-INF/lib/b.jar', content: inner, stored }])
    const fact = await readFact('app/x.war', outer)
    const members = natives.map(file => describeMember(file, 'BOOT-INF/lib/b.jar!/'))
    expect(fact).toEqual({ kind: 'archive', members })
  })
})

test.each<ArchiveWishes>([{}, { wide: true }, { padding: 66_000 }])(
  'an archive that %j was written of is read with a script put in front later',
  async wishes => {
    const front = Buffer.from('#!/bin/sh\nexec java -jar "$0"\n')
    const fact = await readFact('x.jar', Buffer.concat([front, await writeArchive(natives, wishes)]))
    expect(fact).toEqual({ kind: 'archive', members: natives.map(file => describeMember(file)) })
  },
)

test('no more entries are looked at than the budget allows', async () => {
  const walk = walkZip(createSource(await writeArchive(natives)), () => true, { left: 3 })
  const paths: string[] = []
  let step = walk.next()
  for (; !step.done; step = walk.next()) paths.push(step.value.path)
  expect(paths).toEqual(natives.slice(0, 3).map(({ path }) => path))
  expect(step.value).toBe('holds too many files; the rest was not read')
})

test.each(['', '#!/bin/sh\n'])(
  'an archive of more files than 16 bits count is read (behind %j)',
  async front => {
    const fact = await readFact('x.jar', await writeArchive(natives, { padding: 66_000, front }))
    expect(fact).toEqual({ kind: 'archive', members: natives.map(file => describeMember(file)) })
  },
)

test('an archive without native members is of no interest, and neither is what is no archive', async () => {
  expect(await readFact('x.jar', await writeArchive(CLASSES))).toBeUndefined()
  expect(await readFact('x.jar', await writeArchive([]))).toBeUndefined()
  expect(await readFact('x.jar', 'text')).toBeUndefined()
  expect(await readFact('x.jar', '')).toBeUndefined()
})

/** A deflated member whose directory entry says what it likes (checksums are not looked at). */
interface Lie {
  readonly path: string
  readonly content: Buffer
  readonly size?: number
  readonly compressedSize?: number
  readonly method?: number
  readonly flags?: number
  readonly offset?: number
}

function writeLies(lies: readonly Lie[]): Buffer {
  const deflated = new Map<Buffer, Buffer>()
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const lie of lies) {
    const name = Buffer.from(lie.path)
    const data = deflated.get(lie.content) ?? deflateRawSync(lie.content)
    deflated.set(lie.content, data)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(lie.flags ?? 0, 2)
    common.writeUInt16LE(lie.method ?? 8, 4)
    common.writeUInt32LE(lie.compressedSize ?? data.length, 14)
    common.writeUInt32LE(lie.size ?? lie.content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(lie.offset ?? at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, tail, name)
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common, name, data]
    parts.push(...local)
    at += Buffer.concat(local).length
  }
  const table = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(lies.length, 8)
  end.writeUInt16LE(lies.length, 10)
  end.writeUInt32LE(table.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, table, end])
}

describe('an archive that lies', () => {
  const elf = (): Buffer => libraries[0]?.content as Buffer
  const read = async (lies: readonly Lie[]): Promise<Extract<FileFact, { kind: 'archive' }>> => {
    const fact = await readFact('x.jar', writeLies(lies))
    if (fact?.kind !== 'archive') throw new Error('no archive')
    return fact
  }

  test('is believed where it does not', async () => {
    const content = elf()
    expect(await read([{ path: 'a.so', content }])).toEqual({
      kind: 'archive',
      members: [describeMember({ path: 'a.so', content })],
    })
  })

  test.each<[string, Partial<Lie>, RegExp]>([
    ['more bytes than it says', { size: 100 }, /^a\.so has more bytes than the directory says$/],
    ['fewer bytes than it says', { size: 100_000 }, /^a\.so has \d+ bytes, and the directory says 100000$/],
    ['too many bytes', { size: 100_000_000 }, /^a\.so has 100000000 bytes; more than \d+ are not inflated$/],
    ['a method that is not read', { method: 14 }, /^a\.so is compressed by method 14, which is not read$/],
    ['a password', { flags: 1 }, /^a\.so is encrypted$/],
    ['a place beyond the end', { offset: 0x7fffffff }, /^a\.so lies beyond the end/],
    ['a place where nothing is', { offset: 7 }, /^a\.so lies beyond the end/],
    ['a length beyond the end', { compressedSize: 50_000_000 }, /^a\.so lies beyond the end/],
  ])('has a problem: %s', async (_, lie, problem) => {
    const fact = await read([
      { path: 'a.so', content: elf(), ...lie },
      { path: 'b.so', content: elf() },
    ])
    expect(fact.problem).toMatch(problem)
    expect(fact.members.map(({ path }) => path)).toEqual(['a.so', 'b.so'])
    expect(fact.members[1]?.elf?.architecture).toBe('amd64')
  })

  test('has a problem: two sizes of what is stored', async () => {
    const whole = await writeArchive([{ path: 'a.so', content: elf(), stored: true }])
    whole.writeUInt32LE(5000, whole.lastIndexOf('PK\x01\x02') + 24)
    expect(await readFact('x.jar', whole)).toEqual({
      kind: 'archive',
      members: [{ path: 'a.so', size: 5000 }],
      problem: 'a.so is stored, with two different sizes',
    })
  })

  test('may explode without being inflated', async () => {
    const bomb = Buffer.concat([elf(), Buffer.alloc(60_000_000)])
    const fact = await read([{ path: 'a.so', content: bomb }])
    expect(fact.problem).toMatch(/^a\.so inflates \d+ times; it is not read$/)
    expect(fact.members).toEqual([{ path: 'a.so', size: bomb.length }])
  })

  test('may give the same bytes again and again', async () => {
    const lies = Array.from({ length: 5000 }, (_, index) => ({
      path: `${index}.so`,
      content: Buffer.alloc(0),
    }))
    const many = await read(lies)
    expect(many.members.length).toBe(4096)
    expect(many.problem).toBe('holds more than 4096 native libraries; the rest was not read')
    const noise = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at) % 251))
    const content = Buffer.concat([elf(), ...Array(45).fill(noise)])
    const again = Array.from({ length: 60 }, (_, index) => ({ path: `${index}.so`, content, offset: 0 }))
    const few = await read(again.slice(0, 20))
    expect(few.problem).toBeUndefined()
    expect(few.members.every(({ elf }) => elf !== undefined)).toBe(true)
    expect((await read(again)).problem).toMatch(/too large together$/)
  })

  test('is told to be cut off, wherever it is', async () => {
    const whole = await writeArchive([...CLASSES, ...natives])
    for (let cut = 4; cut < whole.length; cut += cut < 200 ? 1 : 997) {
      const fact = await readFact('x.jar', whole.subarray(0, cut))
      expect(fact, `cut at ${cut}`).toMatchObject({ kind: 'archive', problem: /zip directory/ })
    }
  })

  test('never breaks the reader', async () => {
    const inner = await writeArchive(natives.slice(0, 2))
    const files = [...natives.slice(0, 2), { path: 'b.jar', content: inner, stored: true }]
    const samples = [await writeArchive(files), await writeArchive(files, { wide: true, stream: true })]
    const random = createRandom(6)
    for (let round = 0; round < 600; round += 1) {
      const copy = Buffer.from(samples[round % 2] as Buffer)
      const directory = copy.lastIndexOf('PK\x01\x02')
      for (let changes = 1 + pickNumber(random, 4); changes > 0; changes -= 1) {
        const from = pickNumber(random, 2) === 0 ? Math.max(0, directory - 200) : 0
        copy[from + pickNumber(random, copy.length - from)] = pickNumber(random, 256)
      }
      const { members } = findNativeMembers(createSource(copy))
      expect(members.length).toBeLessThan(10)
    }
  })
})
