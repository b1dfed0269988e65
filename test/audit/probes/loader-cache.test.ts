import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FileFact } from '../../../src/audit/inventory.js'
import { fetchPackages } from '../../lab/debian-packages.js'
import { createRandom, pickNumber } from '../../lab/random.js'
import { readPackage } from '../../lab/read-package.js'
import { readFact } from './read-source.js'

const CACHE = 'etc/ld.so.cache'
const ARCHITECTURES = ['amd64', 'arm64', 'i386', 's390x']

/** A root with that machine's C library and its own ldconfig. */
async function unpackRoot(architecture: string): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'loader-cache-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const names = ARCHITECTURES.flatMap(one =>
    ['libc-bin', 'libc6', 'libstdc++6'].map(name => ({ name, architecture: one })),
  )
  const debs = await fetchPackages(names)
  for (const [index, deb] of debs.entries()) {
    if (names[index]?.architecture !== architecture) continue
    for (const entry of await readPackage(deb)) {
      const file = path.join(root, entry.path)
      await mkdir(entry.directory ? file : path.dirname(file), { recursive: true })
      if (entry.link !== undefined) await symlink(entry.link, file)
      else if (!entry.directory) await writeFile(file, entry.content ?? '')
    }
  }
  await chmod(path.join(root, 'sbin/ldconfig'), 0o755)
  return root
}

/** The lines that ldconfig prints of a cache: name and path. */
async function printCache(root: string): Promise<string[]> {
  const { stdout } = await execa(path.join(root, 'sbin/ldconfig'), ['-p', '-C', path.join(root, CACHE)])
  return stdout.split('\n').flatMap(line => {
    const [, name, file] = /^\t(\S+) \(.*\) => (.*)$/.exec(line) ?? []
    return name === undefined ? [] : [`${name} ${file}`]
  })
}

function listPairs(fact: FileFact | undefined): string[] {
  if (fact?.kind !== 'loader-cache') return []
  return Object.entries(fact.libraries).flatMap(([name, paths]) => paths.map(file => `${name} ${file}`))
}

describe.each(ARCHITECTURES)('the cache that ldconfig writes on %s', architecture => {
  test.each(['new', 'compat', 'old'])('in the %s format is read as ldconfig reads it', async format => {
    const root = await unpackRoot(architecture)
    await execa(path.join(root, 'sbin/ldconfig'), ['-r', root, '-c', format, '-C', `/${CACHE}`])
    const bytes = await readFile(path.join(root, CACHE))
    const pairs = listPairs(await readFact(CACHE, bytes))
    expect(pairs.length).toBeGreaterThan(10)
    expect(pairs).toContainEqual(expect.stringMatching(/^libstdc\+\+\.so\.6 \/usr\/lib\//))
    // ldconfig itself reads the old format no more.
    if (format !== 'old') expect(pairs.sort()).toEqual((await printCache(root)).sort())
    // Written before 2.33 the new format does not say its byte order.
    if (format === 'new') {
      bytes[28] = 0
      expect(listPairs(await readFact(CACHE, bytes)).sort()).toEqual(pairs)
    }
  })
})

/** A cache in the new format, of 32-bit numbers: little endian. */
function writeCache(entries: readonly (readonly [name: string, file: string])[], flags = 3): Buffer {
  let end = 48 + 24 * entries.length
  const texts: Buffer[] = []
  const put = (text: string): number => {
    texts.push(Buffer.from(`${text}\0`))
    end += text.length + 1
    return end - text.length - 1
  }
  const records = entries.map(([name, file]) => {
    const record = Buffer.alloc(24)
    record.writeInt32LE(flags, 0)
    record.writeUInt32LE(put(name), 4)
    record.writeUInt32LE(put(file), 8)
    return record
  })
  const header = Buffer.alloc(48)
  header.write('glibc-ld.so.cache1.1')
  header.writeUInt32LE(entries.length, 20)
  return Buffer.concat([header, ...records, ...texts])
}

describe('a cache that nobody would write', () => {
  test('keeps the order of a name’s paths, and any name', async () => {
    const fact = await readFact(
      CACHE,
      writeCache([
        ['liba.so', '/b/liba.so'],
        ['__proto__', '/x'],
        ['liba.so', '/a/liba.so'],
      ]),
    )
    expect(JSON.stringify(fact)).toBe(
      '{"kind":"loader-cache","libraries":{"liba.so":["/b/liba.so","/a/liba.so"],"__proto__":["/x"]}}',
    )
  })

  test('is no cache where it is something else or cut off', async () => {
    expect(await readFact(CACHE, '')).toBeUndefined()
    expect(await readFact(CACHE, 'include /etc/ld.so.conf.d/*.conf\n')).toBeUndefined()
    const cache = writeCache([['liba.so', '/a/liba.so']])
    for (let size = 0; size < 72; size += 1)
      expect(await readFact(CACHE, cache.subarray(0, size))).toBeUndefined()
  })

  test.each([4, 8])('is taken from behind the older format, aligned to %s bytes', async align => {
    const old = Buffer.alloc(align === 4 ? 28 : 32)
    old.write('ld.so-1.7.0')
    old.writeUInt32LE(1, 12)
    old.writeUInt32LE(3, 16)
    const fact = await readFact(CACHE, Buffer.concat([old, writeCache([['liba.so', '/a/liba.so']])]))
    expect(listPairs(fact)).toEqual(['liba.so /a/liba.so'])
  })

  test.each([0, 2, 3])('is none where its entries do not fit (byte order %s)', async order => {
    const cache = writeCache([['liba.so', '/a/liba.so']])
    cache[28] = order
    cache.writeUInt32LE(0x7fff_ff7f, 20)
    expect(await readFact(CACHE, cache)).toBeUndefined()
  })

  test('leaves out what points nowhere and what is no ELF library', async () => {
    const cache = writeCache([
      ['liba.so', '/a/liba.so'],
      ['libb.so', '/b/libb.so'],
    ])
    cache.writeUInt32LE(0xffffffff, 48 + 4)
    expect(listPairs(await readFact(CACHE, cache))).toEqual(['libb.so /b/libb.so'])
    cache.writeUInt32LE(0, 48 + 24)
    expect(listPairs(await readFact(CACHE, cache))).toEqual([])
  })

  test('never gives more than a bounded part of texts that overlap', async () => {
    const cache = writeCache([['a'.repeat(4000), '/a/liba.so'], ...Array(20_000).fill(['', '/b'])])
    for (let index = 1; index <= 20_000; index += 1) cache.copy(cache, 48 + 24 * index, 48, 60)
    const fact = await readFact(CACHE, cache)
    expect(listPairs(fact).length).toBeLessThan(5000)
  })

  test('never breaks the reader', async () => {
    const random = createRandom(5)
    const cache = writeCache([
      ['liba.so', '/a/liba.so'],
      ['libb.so', '/b/libb.so'],
    ])
    const old = Buffer.concat([
      Buffer.from('ld.so-1.7.0\0\x01\0\0\0\x03\0\0\0\x00\0\0\0\0\0\0\0', 'latin1'),
      Buffer.alloc(4),
      cache,
    ])
    for (let round = 0; round < 5000; round += 1) {
      const copy = Buffer.from(round % 2 === 0 ? cache : old)
      for (let changes = 1 + pickNumber(random, 4); changes > 0; changes -= 1)
        copy[pickNumber(random, copy.length)] = pickNumber(random, 256)
      await readFact(CACHE, copy.subarray(0, 1 + pickNumber(random, copy.length)))
    }
  })
})
