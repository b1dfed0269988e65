import type { ByteSource } from '../../byte-source.js'
import { readPart } from '../read-all.js'
import { type BlobBudget, type Blobs, createBlobBudget } from './blobs.js'

/** Berkeley DB's `dbinc/db_page.h`. Words are in the byte order of the machine that wrote them. */
const HASH_MAGIC = 0x061561
const HASH_META = 8
const HASH_PAGES: ReadonlySet<number> = new Set([2, 13])
const OVERFLOW = 7
const PAGE_HEADER = 26
const KEY_OR_DATA = 1
const OFF_PAGE = 3

type ReadPage = (number: number) => Page | undefined

/** A page's bytes with its words. */
interface Page {
  readonly bytes: Buffer
  readonly type: number
  word(at: number): number
  half(at: number): number
}

export function isBerkeley(head: Buffer): boolean {
  return (
    head.length >= PAGE_HEADER &&
    (head.readUInt32LE(12) === HASH_MAGIC || head.readUInt32BE(12) === HASH_MAGIC)
  )
}

/** Reads the values of a hash database, `Packages`, as rpm wrote before 4.16 (RHEL 8 and older). */
export function* readBerkeleyBlobs(source: ByteSource): Blobs {
  const head = readPart(source, 0, 72)
  if (head.length < 72 || !isBerkeley(head)) return 'is no Berkeley DB hash database'
  const little = head.readUInt32LE(12) === HASH_MAGIC
  const pageBytes = little ? head.readUInt32LE(20) : head.readUInt32BE(20)
  if (head[25] !== HASH_META || head[24] !== 0) return 'is a Berkeley DB of another kind'
  if (pageBytes < 512 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0)
    return 'has an impossible page size'
  const readPage = (number: number): Page | undefined => {
    // A copy: further reads may use the source's memory again.
    const bytes = Buffer.from(readPart(source, number * pageBytes, pageBytes))
    if (bytes.length < pageBytes) return undefined
    return {
      bytes,
      type: bytes[25] ?? 0,
      word: at => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
      half: at => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    }
  }
  const budget = createBlobBudget(source.size)
  for (let number = 1; number < Math.floor(source.size / pageBytes); number += 1) {
    const page = readPage(number)
    if (page === undefined || !HASH_PAGES.has(page.type)) continue
    const entries = page.half(20)
    if (PAGE_HEADER + entries * 2 > pageBytes) return 'has a damaged page'
    // Keys and values take turns.
    for (let index = 1; index < entries; index += 2) {
      const blob = readValue(page, index, readPage, budget)
      if (blob === undefined) return 'has a damaged value'
      yield blob
    }
  }
  return undefined
}

/** Undefined where the value is damaged, empty where it is of a kind that holds no package. */
function readValue(page: Page, index: number, readPage: ReadPage, budget: BlobBudget): Buffer | undefined {
  const { bytes } = page
  const start = page.half(PAGE_HEADER + index * 2)
  if (bytes[start] === OFF_PAGE && start + 12 <= bytes.length) {
    const length = page.word(start + 8)
    return budget.take(length) ? readOverflow(page.word(start + 4), length, readPage) : undefined
  }
  // An item ends where the one before it begins: they are filled in from the page's end.
  const end = page.half(PAGE_HEADER + (index - 1) * 2)
  if (bytes[start] !== KEY_OR_DATA || end <= start || end > bytes.length) return Buffer.alloc(0)
  return budget.take(end - start) ? bytes.subarray(start + 1, end) : undefined
}

/** A value in pages of its own; undefined where they do not hold as many bytes as it claims. */
function readOverflow(first: number, length: number, readPage: ReadPage): Buffer | undefined {
  const parts: Buffer[] = []
  let missing = length
  for (let number = first; missing > 0; ) {
    const page = number === 0 ? undefined : readPage(number)
    if (page?.type !== OVERFLOW) return undefined
    const part = page.bytes.subarray(PAGE_HEADER, PAGE_HEADER + Math.min(page.half(22), missing))
    // A page with nothing on it would let a chain go round for ever.
    if (part.length === 0) return undefined
    parts.push(part)
    missing -= part.length
    number = page.word(16)
  }
  return Buffer.concat(parts)
}
