import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ByteCollector, captureBytes } from '../../../src/worker/exec/byte-collector.js'

function collect(limit: number, ...chunks: (string | Uint8Array)[]) {
  const collector = new ByteCollector(limit)
  for (const chunk of chunks) collector.push(Buffer.from(chunk))
  return collector.finish()
}

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('ByteCollector', () => {
  test('keeps everything below the limit, and no hash', () => {
    expect(collect(10, 'abc', '', 'defg')).toEqual({
      kept: Buffer.from('abcdefg'),
      bytes: 7,
      truncated: false,
    })
  })

  test('is not truncated by exactly as many bytes as the limit', () => {
    expect(collect(6, 'abc', 'def')).toMatchObject({ bytes: 6, truncated: false })
    expect(collect(6, 'abc', 'def')).not.toHaveProperty('sha256')
  })

  test('counts and hashes all bytes, however they are cut', () => {
    const all = Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7) % 256))
    for (const size of [1, 3, 99, 100, 101, 500]) {
      const chunks = Array.from({ length: Math.ceil(500 / size) }, (_, index) =>
        all.subarray(index * size, (index + 1) * size),
      )
      expect(collect(100, ...chunks)).toEqual({
        kept: all.subarray(0, 100),
        bytes: 500,
        truncated: true,
        sha256: sha256(all),
      })
    }
  })

  test('copies what it keeps, since the client reuses its buffers', () => {
    const collector = new ByteCollector(10)
    const chunk = Buffer.from('abc')
    collector.push(chunk)
    chunk.fill('x')
    expect(collector.finish().kept.toString()).toBe('abc')
  })

  test('may be asked twice', () => {
    const collector = new ByteCollector(2)
    collector.push(Buffer.from('abcd'))
    expect(collector.finish()).toEqual(collector.finish())
  })
})

describe('captureBytes', () => {
  test('is text where all bytes are UTF-8, also with NUL and a byte order mark', () => {
    expect(captureBytes(collect(99, '\ufeffgr\u00fc\u00df\0e \u{1f600}\r\n'))).toEqual({
      text: '\ufeffgr\u00fc\u00df\0e \u{1f600}\r\n',
      bytes: 18,
      truncated: false,
    })
  })

  test('is base64 where a single byte is not', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62])
    expect(captureBytes(collect(99, bytes))).toEqual({
      base64: bytes.toString('base64'),
      bytes: 3,
      truncated: false,
    })
  })

  test('drops a character that the limit cuts, at every place', () => {
    for (const character of ['\u00fc', '\u20ac', '\u{1f600}']) {
      const length = Buffer.byteLength(character)
      for (let inside = 1; inside < length; inside++) {
        const { text } = captureBytes(collect(2 + inside, `ab${character}cd`))
        expect(text, `${character} after ${inside}`).toBe('ab')
      }
      expect(captureBytes(collect(2 + length, `ab${character}cd`)).text).toBe(`ab${character}`)
    }
  })

  test('does not take an invalid byte at the limit for a cut character', () => {
    for (const byte of [0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff]) {
      const captured = captureBytes(collect(3, Buffer.from([0x61, 0x62, byte, 0x63])))
      expect(captured, byte.toString(16)).toMatchObject({
        base64: Buffer.from([0x61, 0x62, byte]).toString('base64'),
      })
    }
  })

  test('a cut character at the end of text that was not truncated is no text', () => {
    expect(captureBytes(collect(99, Buffer.from([0x61, 0xe2, 0x82])))).toHaveProperty('base64')
  })
})
