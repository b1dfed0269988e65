import { createGunzip } from 'node:zlib'
import { BLOCK, isEndBlock, readTarHeader } from '../../tar/tar-header.js'
import type { CompressedSource } from './compressed-source.js'
import { DamagedLayer } from './damaged-layer.js'
import { passThrough } from './pass-through.js'
import { unpackWithZstd } from './zstd-process.js'
import { unpackZstdFrames } from './zstd-stream.js'

/** With chunks of this size, node unpacks three times as fast as with its default. */
const CHUNK = 512 * 1024

/**
 * The tar of a layer that is stored as gzip, zstd or plain tar, which its first bytes tell: media types are often wrong.
 * Throws `DamagedLayer` for what cannot be unpacked, and what the source fails with.
 * @param zstd program for zstd; without one, the slower decoder in JavaScript is used
 */
export async function* decompress(
  source: CompressedSource,
  zstd: string | undefined,
): AsyncGenerator<Buffer> {
  const head = await source.peek(BLOCK)
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(source)
  else if (isZstd(head)) yield* zstd === undefined ? unpackZstdFrames(source) : unpackWithZstd(source, zstd)
  else if (isTar(head)) yield* copy(source)
  else throw new DamagedLayer('unsupported', 'is neither gzip nor zstd nor tar')
}

/** A frame, or one that is to be skipped (RFC 8878, sections 3.1.1 and 3.1.2). */
function isZstd(head: Buffer): boolean {
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0)
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5
}

function isTar(head: Buffer): boolean {
  if (head.length < BLOCK) return head.length === 0
  const block = head.subarray(0, BLOCK)
  return isEndBlock(block) || readTarHeader(block) !== undefined
}

async function* copy(source: CompressedSource): AsyncGenerator<Buffer> {
  for (let chunk = await source.next(); chunk; chunk = await source.next()) yield chunk
}

/** Members that follow each other are one layer, as `gzip -d` and Go read them. */
async function* gunzip(source: CompressedSource): AsyncGenerator<Buffer> {
  try {
    const stream = createGunzip({ chunkSize: CHUNK })
    yield* passThrough(source, stream, stream)
  } catch (error) {
    throw source.failure === undefined ? describeZlibError(error) : error
  }
}

function describeZlibError(error: unknown): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string }
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error
  return code === 'Z_BUF_ERROR'
    ? new DamagedLayer('truncated', 'ends in the middle of its gzip data')
    : new DamagedLayer('corrupt', `has damaged gzip data (${message})`)
}
