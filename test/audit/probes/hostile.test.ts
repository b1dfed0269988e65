import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { ByteSource } from '../../../src/audit/byte-source.js'
import { PROBES } from '../../../src/audit/probes/index.js'
import { createSource, readFact } from './read-source.js'
import { writeNdb } from './rpm-database.js'

const STATUS = 'var/lib/dpkg/status'
const stanza = (name: string) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n\n`

async function readPackages(path: string, content: Uint8Array | string) {
  const fact = await readFact(path, content)
  if (fact?.kind !== 'packages') throw new Error('no packages')
  return fact
}

test('does without a line of 64 MiB', async () => {
  const line = Buffer.alloc(64 * 1024 * 1024 - 2_000, 'x')
  const start = Buffer.from(`${stanza('first')}Package: long\nStatus: install ok installed\nVersion: `)
  const { packages } = await readPackages(
    STATUS,
    Buffer.concat([start, line, Buffer.from(`\n\n${stanza('last')}`)]),
  )
  expect(packages.map(({ name }) => name)).toEqual(['first', 'last'])
  expect(await readFact(STATUS, line)).toBeUndefined()
  // What is left of a long line is no line, wherever the source's answers end.
  expect(await readFact(STATUS, `${'x'.repeat(256 * 1024)}${stanza('tail')}`)).toBeUndefined()
})

test('stops at more packages than there are, and says so', async () => {
  const many = stanza('p').repeat(1_000_000)
  const { packages, problem } = await readPackages(STATUS, many)
  expect(packages.length).toBe(100_000)
  expect(problem).toMatch(/more than 100000 packages/)
  const apk = await readPackages('lib/apk/db/installed', 'P:p\nV:1\n\n'.repeat(1_000_000))
  expect(apk.packages.length).toBe(100_000)
  expect(apk.problem).toMatch(/more than 100000 packages/)
})

test('stops at more paths than are worth keeping', async () => {
  const path = `/${'d'.repeat(1000)}/${'f'.repeat(1000)}`
  const apk = await readPackages(
    'lib/apk/db/installed',
    `P:p\nV:1\nF:${path.slice(1, 1001)}\n${`R:${path.slice(1002)}\n`.repeat(20_000)}`,
  )
  expect(apk.problem).toMatch(/more paths/)
  expect(apk.files?.p?.join('').length).toBeLessThan(33 * 1024 * 1024)
})

test('gives fields named after prototypes no power', async () => {
  const text = `__proto__: x\nconstructor: y\n${stanza('__proto__')}${stanza('constructor')}`
  const { packages } = await readPackages(STATUS, text)
  expect(packages.map(({ name }) => name)).toEqual(['__proto__', 'constructor'])
  const apk = await readPackages('lib/apk/db/installed', 'P:__proto__\nV:1\nF:a\nR:polluted\n')
  expect(Object.entries(apk.files ?? {})).toEqual([['__proto__', ['/a/polluted']]])
  expect(({} as { 0?: unknown })[0]).toBeUndefined()
})

test('takes no name with NUL, spaces or without end, and survives bytes that are no UTF-8', async () => {
  const names = ['a\0b', 'a b', 'n'.repeat(300), '\u001b[31m', 'good']
  const { packages } = await readPackages(STATUS, names.map(stanza).join(''))
  expect(packages.map(({ name }) => name)).toEqual(['good'])
  const bytes = Buffer.from(stanza('bad!'))
  bytes[bytes.indexOf('!')] = 0xff
  expect((await readPackages(STATUS, bytes)).packages[0]?.name).toBe('bad\ufffd')
})

test('names the probe that reads no more than a limit, and each says so or stays silent', async () => {
  const paths: Record<string, string> = {
    'dpkg-status': STATUS,
    apk: 'lib/apk/db/installed',
    rpm: 'var/lib/rpm/rpmdb.sqlite',
  }
  for (const [id, path] of Object.entries(paths)) {
    const probe = PROBES.find(each => each.id === id)
    if (probe === undefined) throw new Error(id)
    const huge: ByteSource = {
      size: probe.maxBytes + 1,
      read: () => {
        throw new Error('read too much')
      },
    }
    expect(await probe.read(huge, path)).toMatchObject({ packages: [], problem: /are not read/ })
  }
})

test('reads one package of an ndb database whose slots all name the same bytes only as often as fits', async () => {
  const header = Buffer.alloc(64 * 1024)
  const bytes = writeNdb(Array.from({ length: 250 }, () => header).slice(0, 1))
  for (let slot = 3; slot < 256; slot += 1) bytes.copy(bytes, slot * 16, 2 * 16, 3 * 16)
  const { problem } = await readPackages('var/lib/rpm/Packages.db', bytes)
  expect(problem).toBe('has packages larger than itself')
})

test('ends on a Berkeley DB whose value goes round and whose last page is the last of all', async () => {
  const pages = Buffer.alloc(4096 * 3)
  pages.writeUInt32LE(0x061561, 12)
  pages.writeUInt32LE(4096, 20)
  pages[25] = 8
  pages.writeUInt32LE(0xffffffff, 32)
  const hash = pages.subarray(4096, 8192)
  hash.writeUInt16LE(2, 20)
  hash[25] = 13
  hash.writeUInt16LE(4000, 26)
  hash.writeUInt16LE(3000, 28)
  hash[3000] = 3
  hash.writeUInt32LE(2, 3004)
  hash.writeUInt32LE(0xffff_fff0, 3008)
  const chain = pages.subarray(8192)
  chain.writeUInt32LE(2, 16)
  chain.writeUInt16LE(100, 22)
  chain[25] = 7
  expect((await readPackages('var/lib/rpm/Packages', pages)).problem).toBe('has a damaged value')
  hash.writeUInt32LE(9_000, 3008)
  expect(await readPackages('var/lib/rpm/Packages', pages)).not.toHaveProperty('problem')
})

test('runs no SQL of an image: a view of packages without end is no table', async () => {
  const script =
    'import sqlite3, sys\ndb = sqlite3.connect(":memory:")\n' +
    'db.execute("create view Packages as with recursive r(n) as (select 1 union all select n + 1 from r) select n, zeroblob(16) as blob from r")\n' +
    'sys.stdout.buffer.write(db.serialize())'
  const { stdout } = await execa('python3', ['-c', script], { encoding: 'buffer' })
  expect(await readPackages('var/lib/rpm/rpmdb.sqlite', stdout)).toMatchObject({
    packages: [],
    problem: 'has no table of packages',
  })
})

test('reads a line that lies across the chunks of a source, whatever the source does with its memory', async () => {
  const text = Array.from({ length: 20_000 }, (_, at) => stanza(`package-${at}`)).join('')
  const source = createSource(text)
  const small: ByteSource = {
    size: source.size,
    read: (offset, length) => source.read(offset, Math.min(length, 1_001)),
  }
  const probe = PROBES.find(each => each.matches(STATUS))
  const fact = await probe?.read(small, STATUS)
  expect(fact).toMatchObject({ kind: 'packages' })
  if (fact?.kind === 'packages')
    expect(fact.packages.map(({ name }) => name)).toEqual(
      Array.from({ length: 20_000 }, (_, at) => `package-${at}`),
    )
})
