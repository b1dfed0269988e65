import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ByteSource } from '../../../src/audit/byte-source.js'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import { readLayer } from '../../../src/audit/layers/read-layer.js'
import type { Probe } from '../../../src/audit/probes/probe.js'
import { digestBytes } from '../../lab/digest-bytes.js'
import { writeTinyElf } from '../../lab/tiny-elf.js'
import { makePax, makeTar, type RawEntry } from './make-tar.js'
import { readBytes, readWhole } from './read-bytes.js'

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
const readEntries = async (...entries: RawEntry[]) => await readBytes(gzipSync(makeTar(entries)))
const readContent = async (content: Uint8Array | string) =>
  (await readEntries({ name: 'a', content })).entries[0]?.content

let temporary: string
beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'archparity-test-'))
})
afterAll(async () => rm(temporary, { recursive: true }))

describe('what is kept of a layer', () => {
  test('its hashes, sizes and entries', async () => {
    const tar = makeTar([
      { name: './usr/', type: '5', mode: 0o755 },
      { name: '/usr/./a', content: 'hello\n', uid: 3 },
    ])
    const stored = gzipSync(tar)
    const { inventory, verified } = await readWhole(stored)
    expect(verified).toBe(true)
    expect(inventory).toEqual({
      digest: digestBytes(stored),
      diffId: digestBytes(tar),
      size: stored.length,
      unpackedSize: tar.length,
      entries: [
        { path: 'usr', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 },
        {
          path: 'usr/a',
          type: 'file',
          mode: 0o644,
          uid: 3,
          gid: 0,
          size: 6,
          content: { sha256: sha256('hello\n'), text: true },
        },
      ],
      problems: [],
    })
  })

  test('that its tar is not the one of the config', async () => {
    const claimed = digestBytes(Buffer.from('other'))
    const { problems } = await readBytes(makeTar([{ name: 'a' }]), { diffId: claimed })
    expect(problems).toMatchObject([{ code: 'diff-id-mismatch', incomplete: false }])
    expect(problems[0]?.message).toContain(claimed.slice(0, 19))
  })

  test('targets of links: of symbolic ones as they are, of hard ones from the root', async () => {
    const { entries } = await readEntries(
      { name: 'a', type: '2', link: '../../etc/./x' },
      { name: 'b', type: '1', link: './usr//bin/x' },
      { name: 'c', type: '1', link: '/../usr/../x' },
    )
    expect(entries.map(entry => entry.link)).toEqual(['../../etc/./x', 'usr/bin/x', 'x'])
  })
})

describe('what is kept of a file', () => {
  test.each([
    ['text', 'plain text\n', { text: true }],
    ['text cut inside a character', `${'x'.repeat(1023)}ä${'y'.repeat(50)}`, { text: true }],
    ['a NUL', 'abc\0def', { text: false }],
    ['no UTF-8', Buffer.from([0x61, 0xff, 0x62]), { text: false }],
    [
      'no UTF-8 at the end of its head',
      Buffer.concat([Buffer.alloc(1023, 'x'), Buffer.from([0xff, 0x61])]),
      { text: false },
    ],
    ['a NUL behind its head', `${'x'.repeat(1024)}\0`, { text: true }],
    ['a script', '#!/bin/sh -e\nexit\n', { text: true, shebang: '/bin/sh -e' }],
    ['a script with carriage returns', '#!/bin/sh\r\n', { text: true, shebang: '/bin/sh\r' }],
    ['a long first line', `#!${'x'.repeat(300)}`, { text: true, shebang: 'x'.repeat(255) }],
    ['nothing', '', {}],
  ])('%s', async (_, content, expected) => {
    expect(await readContent(content)).toEqual({ sha256: sha256(content), ...expected })
  })

  test('what all architectures have in common, where only their words differ', async () => {
    const write = (word: string, triplet: string, loader: string) =>
      `arch=${word}; libdir=/usr/lib/${triplet}; interp /lib/${loader}`
    const x86 = await readContent(write('amd64', 'x86_64-linux-gnu', 'ld-linux-x86-64.so.2'))
    const arm = await readContent(write('armhf', 'arm-linux-gnueabihf', 'ld-linux-armhf.so.3'))
    const power = await readContent(write('ppc64el', 'powerpc64le-linux-gnu', 'ld64.so.2'))
    const musl = await readContent(write('amd64', 'x86_64-alpine-linux-musl', 'ld-linux-x86-64.so.2'))
    expect(x86?.neutralSha256).toMatch(/^[0-9a-f]{64}$/)
    expect([arm?.neutralSha256, power?.neutralSha256]).toEqual([x86?.neutralSha256, x86?.neutralSha256])
    expect(musl?.neutralSha256).not.toBe(x86?.neutralSha256)
    for (const text of ['alarm', 'xamd64', 'amd64x', 'no word']) {
      expect((await readContent(text))?.neutralSha256, text).toBeUndefined()
    }
    const large = `amd64${' '.repeat(64 * 1024 - 5)}`
    expect((await readContent(large))?.neutralSha256).toBeDefined()
    expect((await readContent(`${large} `))?.neutralSha256).toBeUndefined()
  })

  test('a match of neutral words takes linear time', async () => {
    for (const part of ['x86_64-', 'arm-linux-', 'ld-linux', 'aarch64-pc-alpine-linux-gnu']) {
      await readContent(part.repeat(Math.floor(65536 / part.length)))
    }
  })

  test('facts of ELF files of any size, wherever they are cut', async () => {
    const elf = Buffer.from(writeTinyElf('arm64', { does: 'crash' }))
    const sizes = [elf.length, 70_000, 5 * 1024 * 1024]
    for (const size of sizes) {
      const content = Buffer.concat([elf, randomBytes(size - elf.length)])
      const bytes = makeTar([{ name: 'first', content: 'x' }, { name: 'bin', content }, { name: 'last' }])
      for (const step of [bytes.length, 64 * 1024, 1021]) {
        const seen: string[] = []
        const readElf = (source: ByteSource): ElfFacts => {
          seen.push(`${source.size} ${sha256(source.read(0, size + 9))} ${source.read(size - 3, 9).length}`)
          expect(source.read(size, 4)).toHaveLength(0)
          expect(Buffer.from(source.read(size - 100, 50))).toEqual(content.subarray(size - 100, size - 50))
          return { machine: 183 } as ElfFacts
        }
        const { inventory } = await readWhole(bytes, { temporary, readers: { readElf } }, step)
        expect(seen).toEqual([`${size} ${sha256(content)} 3`])
        expect(inventory.entries[1]?.content).toMatchObject({
          sha256: sha256(content),
          elf: { machine: 183 },
        })
        expect(inventory.entries[0]?.content?.elf).toBeUndefined()
      }
      expect(await readdir(temporary)).toEqual([])
    }
  })

  test('facts of the real ELF reader', async () => {
    expect((await readContent(Buffer.from(writeTinyElf('s390x', { does: 'crash' }))))?.elf).toMatchObject({
      machine: 22,
      architecture: 's390x',
    })
  })

  test('what probes read, whether they wait or not, and only the size of what is too large for them', async () => {
    const probe: Probe = {
      id: 'text',
      maxBytes: 1000,
      matches: name => name.startsWith('etc/'),
      read(source, name) {
        const text = `${name} ${source.size} ${Buffer.from(source.read(0, 5000)).toString()}`
        return name.endsWith('1') ? { kind: 'text', text } : Promise.resolve({ kind: 'text' as const, text })
      },
    }
    const readers = { findProbe: (name: string) => (probe.matches(name) ? probe : undefined) }
    const names = ['etc/1', 'etc/2', 'usr/3', 'etc/4', 'etc/1large1', 'etc/21']
    const bytes = makeTar(
      names.map(name => ({ name, content: name.includes('large') ? 'x'.repeat(1001) : name })),
    )
    for (const step of [bytes.length, 100]) {
      const { inventory } = await readWhole(bytes, { readers }, step)
      expect(
        inventory.entries.map(({ content }) =>
          content?.fact?.kind === 'text' ? content.fact.text : undefined,
        ),
      ).toEqual([
        'etc/1 5 etc/1',
        'etc/2 5 etc/2',
        undefined,
        'etc/4 5 etc/4',
        'etc/1large1 1001 ',
        'etc/21 6 etc/21',
      ])
    }
  })

  test('the bytes of a sparse file with the zeros of its holes', async () => {
    const records = (size: number) =>
      makePax([
        ['GNU.sparse.map', `3,2,${size - 4},2`],
        ['GNU.sparse.size', `${size}`],
      ])
    const whole = Buffer.alloc(200_000)
    whole.write('ab', 3)
    whole.write('cd', 199_996)
    const read = async (size: number, limits = {}) =>
      (await readBytes(makeTar([records(size), { name: 'a', content: 'abcd' }]), { limits })).entries[0]
    expect(await read(200_000)).toMatchObject({
      size: 200_000,
      content: { sha256: sha256(whole), text: false },
    })
    const limited = await read(200_000, { fileHoleBytes: 1000 })
    expect(limited?.content).toMatchObject({ extents: true })
    expect(limited?.content?.sha256).not.toBe(sha256(whole))
    // Terabytes of holes are not read, yet files with other holes differ.
    const [one, other] = [await read(9_000_000_000_000), await read(9_000_000_000_001)]
    expect(one?.content?.extents).toBe(true)
    expect(one?.content?.sha256).not.toBe(other?.content?.sha256)
  })
})

test('a kept sparse file has zeros where it has holes, whatever was kept before it', async () => {
  const size = 100_000
  const whole = Buffer.alloc(size)
  whole.write('abcd', 50_000)
  const seen: Buffer[] = []
  const probe: Probe = {
    id: 'text',
    maxBytes: size,
    matches: () => true,
    read(source) {
      seen.push(Buffer.from(source.read(0, size)))
      return undefined
    },
  }
  const sparse = makePax([
    ['GNU.sparse.map', '50000,4'],
    ['GNU.sparse.size', `${size}`],
  ])
  const full = Buffer.alloc(size, 0xff)
  const bytes = makeTar([{ name: 'a', content: full }, sparse, { name: 'b', content: 'abcd' }])
  for (const memoryBytes of [size, 1000]) {
    for (const step of [bytes.length, 1000]) {
      const options = { temporary, readers: { findProbe: () => probe }, limits: { memoryBytes } }
      await readWhole(bytes, options, step)
      expect(seen.splice(0).map(sha256)).toEqual([sha256(full), sha256(whole)])
    }
  }
})

describe('problems of a layer', () => {
  const codesOf = async (bytes: Buffer, limits = {}) =>
    (await readBytes(bytes, { limits })).problems.map(({ code, path: name, incomplete }) => [
      code,
      name,
      incomplete,
    ])

  test('paths that leave the root are skipped and told', async () => {
    const { entries, problems } = await readEntries(
      { name: '../a' },
      { name: 'b/../../c' },
      { name: 'd/..' },
      { name: '..e' },
    )
    expect(entries.map(entry => entry.path)).toEqual(['..e'])
    expect(problems.map(({ code, path: name }) => [code, name])).toEqual([
      ['escape', '../a'],
      ['escape', 'b/../../c'],
      ['escape', 'd/..'],
    ])
    expect(problems[0]?.message).toMatch(/^Layer sha256:[0-9a-f]{12} has an entry/)
  })

  test('names that are longer than a path can be', async () => {
    const name = 'n'.repeat(4097)
    const fits = 'n'.repeat(4096)
    const { entries, problems } = await readEntries(
      makePax([['path', name]]),
      { name: 'a' },
      makePax([['path', fits]]),
      { name: 'b' },
      makePax([['linkpath', name]]),
      { name: 'c', type: '2' },
    )
    expect(entries.map(entry => entry.path)).toEqual([fits])
    expect(problems.map(({ code, incomplete }) => [code, incomplete])).toEqual([
      ['name-too-long', false],
      ['name-too-long', false],
    ])
  })

  test('too many entries, and too long names of all together', async () => {
    const many = makeTar(Array.from({ length: 30 }, (_, at) => ({ name: `file${at}` })))
    expect(await codesOf(many, { entries: 29 })).toEqual([['too-many-entries', 'file29', true]])
    expect(await codesOf(many, { entries: 30 })).toEqual([])
    expect(await codesOf(many, { nameBytes: 100 })).toMatchObject([['too-many-entries', 'file19', true]])
  })

  test('of the same kind are cut at a hundred', async () => {
    expect(await codesOf(makeTar(Array.from({ length: 300 }, () => ({ name: '../x' }))))).toHaveLength(100)
  })

  test('more bytes than are read, and more than such a layer can have', async () => {
    const bytes = makeTar([
      { name: 'a', content: 'x' },
      { name: 'zeros', content: Buffer.alloc(4 * 1024 * 1024) },
    ])
    expect(await codesOf(bytes, { unpackedBytes: 1024 * 1024 })).toEqual([['too-large', 'zeros', true]])
    const limits = { explodeBytes: 1024 * 1024, explodeRatio: 200 }
    expect(await codesOf(gzipSync(bytes), limits)).toEqual([['explodes', 'zeros', true]])
    expect(await codesOf(gzipSync(bytes), { ...limits, explodeRatio: 5000 })).toEqual([])
    expect(await codesOf(bytes, limits)).toEqual([])
  })

  test('what was read no further than a limit was not verified', async () => {
    const bytes = gzipSync(makeTar([{ name: 'a', content: randomBytes(1024 * 1024) }]))
    expect((await readWhole(bytes, { limits: { unpackedBytes: 1000 } })).verified).toBe(false)
    expect((await readWhole(bytes.subarray(0, 70_000))).verified).toBe(true)
  })

  test('what the stream fails with is what the reading fails with, also where the bytes are damaged before', async () => {
    const bytes = gzipSync(makeTar([{ name: 'a', content: randomBytes(300_000) }]))
    const failure = new Error('DIGEST_MISMATCH')
    const damaged = Buffer.from(bytes)
    damaged.fill(0xff, 1000, 1100)
    for (const given of [
      bytes.subarray(0, 100_000),
      bytes,
      damaged,
      makeTar([{ name: 'a' }]),
      Buffer.from('garbage'),
    ]) {
      const stream = Readable.from(
        (async function* () {
          for (let at = 0; at < given.length; at += 10_000) yield given.subarray(at, at + 10_000)
          throw failure
        })(),
        { objectMode: false },
      )
      await expect(readLayer(stream, { digest: digestBytes(bytes), size: 1, mediaType: '' })).rejects.toBe(
        failure,
      )
    }
  })

  test('an aborted reading ends with the reason and lets go of the stream', async () => {
    const bytes = gzipSync(makeTar([{ name: 'a', content: randomBytes(300_000) }]))
    const stopped = new AbortController()
    const reason = new Error('stopped')
    const stream = Readable.from(
      (async function* () {
        yield bytes.subarray(0, 1000)
        stopped.abort(reason)
        await new Promise(() => undefined)
      })(),
      { objectMode: false },
    )
    const layer = { digest: digestBytes(bytes), size: 1, mediaType: '' }
    await expect(readLayer(stream, layer, { signal: stopped.signal })).rejects.toBe(reason)
    expect(stream.destroyed).toBe(true)
    await expect(readLayer(Readable.from([bytes]), layer, { signal: stopped.signal })).rejects.toBe(reason)
  })
})
