import type { ByteSource } from '../byte-source.js'

const CHUNK_BYTES = 256 * 1024
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** No line of a package database is longer: the longest field of Debian's archive has some ten kilobytes. */
const MAX_LINE_BYTES = 128 * 1024

/**
 * Gives the lines of a file as bytes, without their end (LF or CRLF); the last one needs none. A line of more than
 * 128 KiB is left out, so that memory stays bounded whatever the file holds. A line is only valid until the next is
 * asked for.
 */
export function* readLines(source: ByteSource): Generator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  let skipping = false
  for (let offset = 0; offset < source.size; ) {
    const read = source.read(offset, CHUNK_BYTES)
    if (read.length === 0) break
    offset += read.length
    const chunk = Buffer.from(read.buffer, read.byteOffset, read.byteLength)
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const line = chunk.subarray(start, end)
      if (!skipping && rest.length + line.length <= MAX_LINE_BYTES)
        yield dropReturn(rest.length > 0 ? Buffer.concat([rest, line]) : line)
      if (rest.length > 0) rest = Buffer.alloc(0)
      skipping = false
      start = end + 1
    }
    if (skipping || rest.length + chunk.length - start > MAX_LINE_BYTES) {
      skipping = true
      rest = Buffer.alloc(0)
    } else if (start < chunk.length) {
      // A copy: the source may use the chunk's memory again.
      rest = Buffer.concat([rest, chunk.subarray(start)])
    }
  }
  if (!skipping && rest.length > 0) yield dropReturn(rest)
}

function dropReturn(line: Buffer): Buffer {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, line.length - 1) : line
}
