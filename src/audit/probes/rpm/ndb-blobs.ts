import type { ByteSource } from '../../byte-source.js'
import { readPart } from '../read-all.js'
import { type Blobs, createBlobBudget } from './blobs.js'

/** Little-endian words whatever the machine (rpm, `lib/backend/ndb/rpmpkg.c`). */
const MAGIC = 0x506d7052
const SLOT_MAGIC = 0x746f6c53
const BLOB_MAGIC = 0x53626c42
const HEADER_BYTES = 32
const SLOT_BYTES = 16
const BLOCK_BYTES = 16
const PAGE_BYTES = 4096

export function isNdb(head: Buffer): boolean {
  return head.length >= HEADER_BYTES && head.readUInt32LE(0) === MAGIC
}

/** Reads the packages of a `Packages.db` (SUSE's rpm). */
export function* readNdbBlobs(source: ByteSource): Blobs {
  const head = readPart(source, 0, HEADER_BYTES)
  if (!isNdb(head)) return 'is no ndb database'
  if (head.readUInt32LE(4) !== 0) return 'is an ndb database of an unknown version'
  const slotBytes = head.readUInt32LE(12) * PAGE_BYTES
  if (slotBytes > source.size) return 'ends within its slots'
  const budget = createBlobBudget(source.size)
  for (let page = 0; page < slotBytes; page += PAGE_BYTES) {
    // A copy: further reads may use the source's memory again.
    const slots = Buffer.from(readPart(source, page, PAGE_BYTES))
    for (let at = page === 0 ? HEADER_BYTES : 0; at + SLOT_BYTES <= slots.length; at += SLOT_BYTES) {
      const index = slots.readUInt32LE(at + 4)
      if (slots.readUInt32LE(at) !== SLOT_MAGIC || index === 0) continue
      const start = slots.readUInt32LE(at + 8) * BLOCK_BYTES
      const blob = readPart(source, start, BLOCK_BYTES)
      if (blob.length < BLOCK_BYTES || blob.readUInt32LE(0) !== BLOB_MAGIC || blob.readUInt32LE(4) !== index)
        return 'has a damaged slot'
      const bytes = blob.readUInt32LE(12)
      if (start + BLOCK_BYTES + bytes > source.size || !budget.take(bytes))
        return 'has packages larger than itself'
      yield readPart(source, start + BLOCK_BYTES, bytes)
    }
  }
  return undefined
}
