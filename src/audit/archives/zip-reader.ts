import { constants, inflateRawSync } from 'node:zlib'
import type { ByteSource } from '../byte-source.js'
import { findContent, type ZipEntry } from './zip-directory.js'

/** Bytes of members that may still be read; shared by an archive and those inside it. */
export interface ByteBudget {
  left: number
}

/** A member's bytes, or a sentence that says why there are none. */
export type ZipContent =
  | { readonly source: ByteSource; readonly problem?: string }
  | { readonly problem: string }

/** Larger ones are not inflated: they would be in memory as a whole. */
const MAX_MEMBER_BYTES = 64 * 1024 * 1024
/** Deflate reaches 1,032, code and data less than 20. */
const MAX_RATIO = 250
/** Small files may be all zeros. */
const RATIO_FREE_BYTES = 1024 * 1024
const PEEK_BYTES = 1024
const STORED = 0
const DEFLATED = 8

/** The first bytes of a member, without inflating the rest; none where it cannot be read. */
export function peekZipEntry(source: ByteSource, entry: ZipEntry): Uint8Array {
  const at = findContent(source, entry)
  if (at === undefined || entry.encrypted) return new Uint8Array(0)
  const bytes = source.read(at, Math.min(entry.compressedSize, PEEK_BYTES))
  if (entry.method === STORED) return bytes
  if (entry.method !== DEFLATED) return new Uint8Array(0)
  try {
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: PEEK_BYTES * 1100 })
  } catch {
    return new Uint8Array(0)
  }
}

/** Opens a member: a stored one as a part of the source, a deflated one in memory, within its bounds. */
export function openZipEntry(source: ByteSource, entry: ZipEntry, budget: ByteBudget): ZipContent {
  const { path, method, size, compressedSize } = entry
  if (entry.encrypted) return { problem: `${path} is encrypted` }
  if (method !== STORED && method !== DEFLATED)
    return { problem: `${path} is compressed by method ${method}, which is not read` }
  const at = findContent(source, entry)
  if (at === undefined || at + compressedSize > source.size)
    return { problem: `${path} lies beyond the end of the archive, or not where the directory says` }
  if (size > budget.left) return { problem: `${path} and what comes before it are too large together` }
  if (method === STORED) {
    budget.left -= size
    return size === compressedSize
      ? { source: cutSource(source, at, size) }
      : { problem: `${path} is stored, with two different sizes` }
  }
  if (size > MAX_MEMBER_BYTES)
    return { problem: `${path} has ${size} bytes; more than ${MAX_MEMBER_BYTES} are not inflated` }
  if (size > RATIO_FREE_BYTES && size > compressedSize * MAX_RATIO)
    return { problem: `${path} inflates ${Math.round(size / compressedSize)} times; it is not read` }
  budget.left -= size
  return inflate(source.read(at, compressedSize), path, size)
}

function inflate(bytes: Uint8Array, path: string, size: number): ZipContent {
  try {
    const inflated = inflateRawSync(bytes, {
      // At least 1, or Node takes it for no limit that makes sense.
      maxOutputLength: Math.max(1, size),
      chunkSize: Math.min(Math.max(64, size), 4 * 1024 * 1024),
    })
    const source: ByteSource = {
      size: inflated.length,
      read: (offset, length) => inflated.subarray(offset, offset + length),
    }
    return inflated.length === size
      ? { source }
      : { source, problem: `${path} has ${inflated.length} bytes, and the directory says ${size}` }
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return {
      problem: isTooLarge ? `${path} has more bytes than the directory says` : `${path} cannot be inflated`,
    }
  }
}

/** A part of a source as a source of its own. */
function cutSource(source: ByteSource, start: number, size: number): ByteSource {
  return {
    size,
    read: (offset, length) => source.read(start + offset, Math.max(0, Math.min(length, size - offset))),
  }
}
