import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CompressedSource } from '../../../src/audit/layers/compressed-source.js'
import { DamagedLayer } from '../../../src/audit/layers/damaged-layer.js'
import { decompress } from '../../../src/audit/layers/decompress.js'
import { findZstd } from '../../../src/audit/layers/zstd-process.js'
import { createRandom, pickNumber } from '../../lab/random.js'
import { makeTar } from './make-tar.js'
import { cutBytes } from './read-bytes.js'

const random = createRandom(77)
const TEXT = Buffer.from(Array.from({ length: 40_000 }, (_, at) => `${at * 7919} `).join(''))
const TAR = makeTar([
  { name: 'text', content: TEXT },
  { name: 'zeros', content: Buffer.alloc(700_000) },
  { name: 'noise', content: randomBytes(300_000) },
])
const zstd = (bytes: Uint8Array, ...flags: string[]) =>
  execFileSync('zstd', ['-qc', ...flags], { input: bytes, maxBuffer: 1e9 })
const SKIPPED = Buffer.concat([Buffer.from('502a4d1803000000', 'hex'), Buffer.from('abc')])
/** With the program, and without. */
const DECODERS = [
  ['zstd', findZstd()],
  ['JavaScript', undefined],
] as const

const hash = (bytes: Buffer | string) =>
  typeof bytes === 'string' ? bytes : createHash('sha256').update(bytes).digest('hex')

async function unpack(bytes: Buffer, program?: string, step = () => 64 * 1024): Promise<Buffer | string> {
  const source = new CompressedSource(Readable.from(cutBytes(bytes, step), { objectMode: false }))
  const chunks: Buffer[] = []
  try {
    for await (const chunk of decompress(source, program)) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  } catch (error) {
    if (!(error instanceof DamagedLayer)) throw error
    return error.code
  } finally {
    source.close()
  }
}

describe('a layer is unpacked', () => {
  test('from gzip of one member and of several, from plain tar, and from nothing', async () => {
    const two = Buffer.concat([gzipSync(TAR.subarray(0, 5000)), gzipSync(TAR.subarray(5000))])
    for (const bytes of [gzipSync(TAR), two, TAR]) {
      for (const step of [64 * 1024, 100])
        expect(hash(await unpack(bytes, undefined, () => step))).toBe(hash(TAR))
    }
    expect(await unpack(Buffer.alloc(0))).toEqual(Buffer.alloc(0))
  })

  test.each(DECODERS)('from zstd of any level, frames and steps, by %s', async (_, program) => {
    const frames = [TAR.subarray(0, 1), TAR.subarray(1, 3), TAR.subarray(3, 200_000), TAR.subarray(200_000)]
    const several = Buffer.concat([SKIPPED, ...frames.flatMap(frame => [zstd(frame), SKIPPED])])
    const manyTiny = Buffer.concat(
      Array.from({ length: 1000 }, (_, at) => zstdRaw(TAR.subarray(at * 512, at * 512 + 512))),
    )
    for (const bytes of [zstd(TAR), zstd(TAR, '-1', '--no-check'), zstd(TAR, '-19'), several]) {
      for (const step of [1e6, 1000, 3]) {
        expect(hash(await unpack(bytes, program, () => step))).toBe(hash(TAR))
        if (bytes.length > 1e6 && step === 1000) break
      }
    }
    expect(hash(await unpack(manyTiny, program))).toBe(hash(TAR.subarray(0, 512_000)))
  })

  test.each(DECODERS)('not where it is cut or damaged: zstd by %s', async (_, program) => {
    const whole = zstd(TAR)
    expect(await unpack(whole.subarray(0, 200_000), program)).toBe('truncated')
    expect(await unpack(whole.subarray(0, whole.length - 2), program)).toBe('truncated')
    expect(await unpack(Buffer.concat([whole, Buffer.from('garbage garbage')]), program)).toBe('corrupt')
    const damaged = Buffer.from(whole)
    damaged.fill(0xff, 3000, 3400)
    expect(await unpack(damaged, program)).toBe('corrupt')
    const window = Buffer.from('28b52ffd00a8', 'hex')
    expect(await unpack(Buffer.concat([window, Buffer.alloc(600)]), program)).toMatch(/unsupported|corrupt/)
  })

  test('not where it is cut, damaged or of another kind', async () => {
    const whole = gzipSync(TAR)
    expect(await unpack(whole.subarray(0, 200_000))).toBe('truncated')
    const damaged = Buffer.from(whole)
    damaged.fill(0xff, 3000, 3400)
    expect(await unpack(damaged)).toBe('corrupt')
    expect(await unpack(Buffer.concat([whole.subarray(0, -8), Buffer.alloc(8, 1)]))).toBe('corrupt')
    for (const other of ['BZh91AY&SY', '\xfd7zXZ\0', 'x'.repeat(2000), '{"json": true}']) {
      expect(await unpack(Buffer.from(other, 'latin1'))).toBe('unsupported')
    }
  })

  test('by JavaScript, damaged in any way, without hanging or failing otherwise', async () => {
    const whole = zstd(TEXT.subarray(0, 60_000))
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(whole)
      for (let count = 1 + pickNumber(random, 4); count > 0; count -= 1) {
        bytes[4 + pickNumber(random, bytes.length - 4)] = pickNumber(random, 256)
      }
      const result = await unpack(bytes)
      if (typeof result === 'string') expect(['corrupt', 'truncated', 'unsupported']).toContain(result)
      else expect(result.length).toBeLessThan(10e6)
    }
  })

  test('by JavaScript not where tiny blocks would cost more than they hold', async () => {
    // A window of 32 MiB, and blocks of one byte each: every one of them moves the whole window.
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 15 << 3])
    const block = Buffer.from([0x0a, 0, 0, 0x61])
    const bytes = Buffer.concat([header, ...Array.from({ length: 5000 }, () => block)])
    expect(await unpack(bytes)).toBe('explodes')
  })
})

/** A frame with one raw block: what many small files in frames of their own look like. */
function zstdRaw(bytes: Buffer): Buffer {
  const header = Buffer.alloc(3)
  header.writeUIntLE((bytes.length << 3) | 1, 0, 3)
  const size = Buffer.alloc(2)
  size.writeUInt16LE(bytes.length - 256)
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x60]), size, header, bytes])
}
