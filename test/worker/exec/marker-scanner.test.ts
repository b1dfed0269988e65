import { expect, test } from 'vitest'
import { MarkerScanner } from '../../../src/worker/exec/marker-scanner.js'

const NONCE = '0123abcd-1'

function scan(chunks: readonly (string | Buffer)[], flush = false) {
  const parts: Buffer[] = []
  const carried: string[] = []
  const scanner = new MarkerScanner(
    NONCE,
    bytes => parts.push(Buffer.from(bytes)),
    text => carried.push(text),
  )
  for (const chunk of chunks) scanner.push(Buffer.from(chunk))
  if (flush) scanner.flush()
  return { output: Buffer.concat(parts).toString('latin1'), carried }
}

const MARKER = `\x1e${NONCE}:139\x1e`

test('a marker is found wherever it is cut, and what is before it is the output', () => {
  const stream = Buffer.from(`some \xff output\x1e${MARKER}`, 'latin1')
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)]
      expect(scan(chunks), `cut at ${first} and ${second}`).toEqual({
        output: 'some \xff output\x1e',
        carried: ['139'],
      })
    }
  }
})

test('a marker without text is found', () => {
  expect(scan([`x\x1e${NONCE}:\x1e`])).toEqual({ output: 'x', carried: [''] })
})

test.each([
  ['of another command', `\x1e0123abcd-2:0\x1e`],
  ['of a longer number', `\x1e0123abcd-10:0\x1e`],
  ['cut short and begun anew', `\x1e0123abcd`],
  ['with two beginnings', `\x1e\x1e\x1e0123\x1e`],
  ['without its first byte', `${NONCE}:0\x1e`],
])('a look-alike is output: %s', (_, lookAlike) => {
  const stream = Buffer.from(`a${lookAlike}b${MARKER}`)
  const expected = { output: `a${lookAlike}b`, carried: ['139'] }
  expect(scan([stream])).toEqual(expected)
  expect(scan(Array.from(stream, byte => Buffer.from([byte])))).toEqual(expected)
})

test('output that ends in a beginning of a marker is held back, and given when it is none', () => {
  const begun = `out\x1e${NONCE}`
  expect(scan([begun])).toEqual({ output: 'out', carried: [] })
  expect(scan([begun], true)).toEqual({ output: begun, carried: [] })
  expect(scan([begun, 'X'])).toEqual({ output: `${begun}X`, carried: [] })
})

test('what comes after the marker is passed on and never a second marker', () => {
  expect(scan([`a${MARKER}`, `b${MARKER}`])).toEqual({ output: `ab${MARKER}`, carried: ['139'] })
})
