import { Readable } from 'node:stream'
import { constants, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type ReadLayer, readLayer } from '../../../src/audit/layers/read-layer.js'
import { mergeLayers } from '../../../src/audit/tree/merge-layers.js'
import { makeEntry, makePax, makeTar } from './make-tar.js'
import { cutBytes } from './read-bytes.js'

const MIB = 1024 ** 2
const compress = (bytes: Uint8Array) => gzipSync(bytes, { level: 9, strategy: constants.Z_DEFAULT_STRATEGY })

/** Reads members of gzip that follow each other; how many megabytes the process grew at most meanwhile, too. */
async function readMembers(members: Iterable<Buffer>): Promise<ReadLayer & { readonly grownBy: number }> {
  const before = process.memoryUsage.rss()
  let most = before
  const stream = Readable.from(
    (function* () {
      for (const member of members) {
        most = Math.max(most, process.memoryUsage.rss())
        yield* cutBytes(member, () => 64 * 1024)
      }
    })(),
    { objectMode: false },
  )
  const layer = { digest: `sha256:${'0'.repeat(64)}` as const, size: 0, mediaType: '' }
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 10)
  try {
    return { ...(await readLayer(stream, layer)), grownBy: (most - before) / MIB }
  } finally {
    clearInterval(timer)
  }
}

test('ten gigabytes of zeros in ten megabytes are not unpacked to their end', async () => {
  const [zeros, first] = [
    compress(Buffer.alloc(64 * MIB)),
    compress(makeTar([{ name: 'etc/first', content: 'x' }]).subarray(0, 1024)),
  ]
  const bomb = compress(makeEntry({ name: 'bomb', size: 10 * 1024 * MIB }).subarray(0, 512))
  const { inventory, grownBy } = await readMembers([first, bomb, ...Array.from({ length: 160 }, () => zeros)])
  expect(zeros.length * 160).toBeLessThan(11 * MIB)
  expect(inventory.problems).toMatchObject([{ code: 'explodes', path: 'bomb', incomplete: true }])
  expect(inventory.entries.map(entry => entry.path)).toEqual(['etc/first', 'bomb'])
  expect(inventory.diffId).toBeUndefined()
  expect(inventory.unpackedSize).toBeLessThan(1100 * MIB)
  expect(grownBy).toBeLessThan(200)
})

test('a pax header of gigabytes is not kept in memory', async () => {
  const zeros = compress(Buffer.alloc(64 * MIB))
  const header = compress(makeEntry({ name: 'x', type: 'x', size: 640 * MIB }).subarray(0, 512))
  const rest = compress(makeTar([{ name: 'skipped' }, { name: 'kept' }]))
  const { inventory, grownBy } = await readMembers([header, ...Array.from({ length: 10 }, () => zeros), rest])
  expect(inventory.entries.map(entry => entry.path)).toEqual(['kept'])
  expect(inventory.problems).toMatchObject([{ code: 'name-too-long', incomplete: false }])
  expect(grownBy).toBeLessThan(200)
})

test('a file of a gigabyte that is kept goes to the disk', async () => {
  const elf = Buffer.alloc(64 * MIB)
  elf.write('\x7fELF')
  const header = compress(makeEntry({ name: 'big.so', size: 1024 * MIB }).subarray(0, 512))
  const noise = Buffer.alloc(64 * MIB, Buffer.from(Array.from({ length: 251 }, (_, at) => at)))
  const stored = gzipSync(noise, { level: 0 })
  const members = [header, compress(elf), ...Array.from({ length: 15 }, () => stored)]
  const { inventory, grownBy } = await readMembers([...members, compress(makeTar([{ name: 'last' }]))])
  expect(inventory.problems).toEqual([])
  expect(inventory.entries.map(entry => entry.path)).toEqual(['big.so', 'last'])
  expect(inventory.entries[0]?.content?.elf).toBeDefined()
  expect(grownBy).toBeLessThan(200)
})

test('of more than a million entries a million are kept', async () => {
  const folder = Array.from({ length: 10_000 }, (_, at) => makeEntry({ name: `usr/share/many/file${at}` }))
  const many = compress(Buffer.concat(folder))
  const { inventory, grownBy } = await readMembers(Array.from({ length: 101 }, () => many))
  expect(inventory.entries).toHaveLength(1_000_000)
  expect(inventory.problems).toMatchObject([{ code: 'too-many-entries', incomplete: true }])
  expect(grownBy).toBeLessThan(600)
  expect(mergeLayers([inventory]).size).toBe(10_003)
})

test('names that are long altogether end the reading', async () => {
  const name = 'n'.repeat(4000)
  const many = compress(
    Buffer.concat(
      Array.from({ length: 2000 }, () => [makePax([['path', name]]), { name: 'x' }])
        .flat()
        .map(makeEntry),
    ),
  )
  const { inventory } = await readMembers(Array.from({ length: 40 }, () => many))
  expect(inventory.problems).toMatchObject([{ code: 'too-many-entries', incomplete: true }])
  expect(inventory.entries.length).toBeLessThan(70_000)
})
