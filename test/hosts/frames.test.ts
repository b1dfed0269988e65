import { expect, test } from 'vitest'
import { createFrameParser } from '../../src/hosts/frames.js'

function makeFrame(stream: number, payload: Uint8Array, announced = payload.length): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(announced, 4)
  return Buffer.concat([header, payload])
}

/** What comes out of the parser for these chunks, per stream, and in which order streams spoke. */
function parse(chunks: readonly Buffer[]) {
  const parts: Record<1 | 2, Buffer[]> = { 1: [], 2: [] }
  const order: (1 | 2)[] = []
  const push = createFrameParser((stream, payload) => {
    parts[stream].push(Buffer.from(payload))
    if (order.at(-1) !== stream) order.push(stream)
  })
  for (const chunk of chunks) push(chunk)
  return { out: Buffer.concat(parts[1]), err: Buffer.concat(parts[2]), order }
}

const OUT = Buffer.from([1, 0xff, 0])
const ERR = Buffer.from('\u00fc\0')
const STREAM = Buffer.concat([
  makeFrame(1, OUT),
  makeFrame(2, ERR),
  makeFrame(1, Buffer.alloc(0)),
  makeFrame(1, OUT),
])
const EXPECTED = { out: Buffer.concat([OUT, OUT]), err: ERR, order: [1, 2, 1] }

test('frames are told apart wherever the stream is cut, at one place or at two', () => {
  for (let first = 0; first <= STREAM.length; first++) {
    for (let second = first; second <= STREAM.length; second++) {
      const chunks = [STREAM.subarray(0, first), STREAM.subarray(first, second), STREAM.subarray(second)]
      expect(parse(chunks), `cut at ${first} and ${second}`).toEqual(EXPECTED)
    }
  }
})

test('frames are told apart byte by byte', () => {
  expect(parse(Array.from(STREAM, byte => Buffer.from([byte])))).toEqual(EXPECTED)
})

test('a frame of a giant announced size passes on what is there', () => {
  const { out, err } = parse([makeFrame(1, Buffer.from('abc'), 0xffffffff), Buffer.from('def')])
  expect(out.toString()).toBe('abcdef')
  expect(err).toHaveLength(0)
})

test('a header that never ends gives nothing', () => {
  expect(parse([STREAM.subarray(0, 5)])).toEqual({ out: Buffer.alloc(0), err: Buffer.alloc(0), order: [] })
})

test('anything but 2 is standard output', () => {
  expect(parse([makeFrame(0, Buffer.from('in')), makeFrame(7, Buffer.from('?'))]).out.toString()).toBe('in?')
})
