import { Buffer } from 'node:buffer'

const HEADER_BYTES = 8

/** Receives the payload of one frame; 1 is stdout, 2 is stderr. */
export type OnFrame = (stream: 1 | 2, payload: Buffer) => void

/**
 * Splits the engine's multiplexed stream (Engine API, "Attach to a container", section "Stream format") into
 * stdout and stderr. Payloads are passed on as they come, in pieces, so that a frame of any announced size
 * needs no memory.
 */
export function createFrameParser(onFrame: OnFrame): (chunk: Buffer) => void {
  let header = Buffer.alloc(0)
  let stream: 1 | 2 = 1
  let left = 0
  return chunk => {
    let rest = chunk
    while (rest.length > 0) {
      if (left > 0) {
        const payload = rest.subarray(0, left)
        left -= payload.length
        rest = rest.subarray(payload.length)
        onFrame(stream, payload)
        continue
      }
      const needed = HEADER_BYTES - header.length
      header = Buffer.concat([header, rest.subarray(0, needed)])
      rest = rest.subarray(needed)
      if (header.length < HEADER_BYTES) return
      stream = header[0] === 2 ? 2 : 1
      left = header.readUInt32BE(4)
      header = Buffer.alloc(0)
    }
  }
}
