import type { ByteSource } from '../../byte-source.js'
import { readPart } from '../read-all.js'
import { type BlobBudget, type Blobs, createBlobBudget } from './blobs.js'
import { parseRecord, readVarint } from './sqlite-record.js'

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const INTERIOR = 0x05
const LEAF = 0x0d
/** 64 KiB pages of 4 children each would hold any file at this depth. */
const MAX_DEPTH = 20

export function isSqlite(head: Buffer): boolean {
  return head.toString('latin1', 0, MAGIC.length) === MAGIC
}

interface Database {
  readonly source: ByteSource
  readonly pageBytes: number
  /** Bytes of a page without what is reserved at its end. */
  readonly usable: number
  readonly budget: BlobBudget
  /** Pages of b-trees that were read; each belongs to one tree at one place. */
  readonly seen: Set<number>
}

/**
 * Reads column `blob` of table `Packages` from a `rpmdb.sqlite`, straight from the file's pages (SQLite's "Database
 * File Format"): an image's own SQL, which a view of that name could hold, is never run.
 */
export function* readSqliteBlobs(source: ByteSource): Blobs {
  const head = readPart(source, 0, HEADER_BYTES)
  if (head.length < HEADER_BYTES || !isSqlite(head)) return 'is no SQLite database'
  const stored = head.readUInt16BE(16)
  const pageBytes = stored === 1 ? 65536 : stored
  const usable = pageBytes - head.readUInt8(20)
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0 || usable < 480)
    return 'has an impossible page size'
  const database = {
    source,
    pageBytes,
    usable,
    budget: createBlobBudget(source.size),
    seen: new Set<number>(),
  }
  const schema = walkTable(database, 1, 0)
  let root: number | undefined
  for (;;) {
    const row = schema.next()
    if (row.done) {
      if (row.value !== undefined) return row.value
      break
    }
    const [type, name, , page] = parseRecord(row.value) ?? []
    if (type === 'table' && name === 'Packages' && typeof page === 'number') root = page
  }
  if (root === undefined) return 'has no table of packages'
  const rows = walkTable(database, root, 0)
  for (;;) {
    const row = rows.next()
    if (row.done) return row.value
    const blob = parseRecord(row.value)?.[1]
    if (Buffer.isBuffer(blob)) yield blob
  }
}

/** Records of a table's b-tree, in the order of their row ids. */
function* walkTable(database: Database, number: number, depth: number): Blobs {
  if (depth > MAX_DEPTH || database.seen.has(number)) return 'has a page twice'
  database.seen.add(number)
  // A copy: further reads may use the source's memory again.
  const page = Buffer.from(readPart(database.source, (number - 1) * database.pageBytes, database.pageBytes))
  const start = number === 1 ? HEADER_BYTES : 0
  if (number < 1 || page.length < database.pageBytes) return 'ends within its pages'
  const kind = page[start]
  if (kind !== INTERIOR && kind !== LEAF) return 'has a damaged page'
  const cells = page.readUInt16BE(start + 3)
  const pointers = start + (kind === INTERIOR ? 12 : 8)
  if (pointers + cells * 2 > page.length) return 'has a damaged page'
  for (let index = 0; index < cells; index += 1) {
    const cell = page.readUInt16BE(pointers + index * 2)
    if (cell + 4 > database.usable) return 'has a damaged page'
    if (kind === INTERIOR) {
      const problem = yield* walkTable(database, page.readUInt32BE(cell), depth + 1)
      if (problem !== undefined) return problem
    } else {
      const record = readPayload(database, page, cell)
      if (typeof record === 'string') return record
      yield record
    }
  }
  return kind === INTERIOR ? yield* walkTable(database, page.readUInt32BE(start + 8), depth + 1) : undefined
}

/** Payload of a leaf cell with what overflowed to other pages; a sentence where it is damaged. */
function readPayload(
  { source, pageBytes, usable, budget }: Database,
  page: Buffer,
  cell: number,
): Buffer | string {
  const size = readVarint(page, cell)
  const row = size === undefined ? undefined : readVarint(page, size.next)
  if (size === undefined || row === undefined) return 'has a damaged record'
  const total = size.value
  if (!budget.take(total)) return 'has records larger than itself'
  const most = usable - 35
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const fitting = least + ((total - least) % (usable - 4))
  const local = total <= most ? total : fitting <= most ? fitting : least
  const end = row.next + local
  if (end + (local < total ? 4 : 0) > usable) return 'has a damaged record'
  if (local === total) return page.subarray(row.next, end)
  const record = Buffer.alloc(total)
  page.copy(record, 0, row.next, end)
  let next = page.readUInt32BE(end)
  for (let filled = local; filled < total; ) {
    const part = readPart(source, (next - 1) * pageBytes, usable)
    if (next < 1 || part.length < usable) return 'ends within a record'
    next = part.readUInt32BE(0)
    filled += part.copy(record, filled, 4, usable)
  }
  return record
}
