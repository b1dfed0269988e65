/** Library name → paths, in the cache's order, which is the order in which the loader tries them. */
export type LoaderLibraries = Readonly<Record<string, readonly string[]>>

const OLD_MAGIC = 'ld.so-1.7.0'
const NEW_MAGIC = 'glibc-ld.so.cache1.1'
const OLD_HEADER_BYTES = 16
const OLD_ENTRY_BYTES = 12
const NEW_HEADER_BYTES = 48
const NEW_ENTRY_BYTES = 24
/** Low bits of the new header's flags since glibc 2.33; 0 before. */
const ENDIAN_MASK = 3
const LITTLE_ENDIAN = 2
const BIG_ENDIAN = 3
/** Low byte of an entry's flags: ELF library of any C library, or of glibc. */
const ELF_KINDS = new Set([1, 3])

const MAX_ENTRIES = 200_000
const MAX_TEXT_BYTES = 4096
/** Texts may overlap, so that a small file can claim many. */
const MAX_CHARACTERS = 16 * 1024 * 1024

/** Where the entries of one of the two formats are. */
interface Table {
  readonly littleEndian: boolean
  readonly entries: number
  readonly count: number
  readonly entrySize: number
  /** What offsets of texts count from. */
  readonly texts: number
}

/**
 * Reads glibc's `ld.so.cache` (`sysdeps/generic/dl-cache.h`): the format since 2.2, alone or behind the older one, or the
 * older one alone. Undefined where the bytes are neither. Entries that point nowhere are left out.
 */
export function readLoaderCache(bytes: Buffer): LoaderLibraries | undefined {
  const old = hasText(bytes, 0, OLD_MAGIC) ? findOldTable(bytes) : undefined
  const table = findNewTable(bytes, old) ?? old
  return table && readEntries(bytes, table)
}

function findOldTable(bytes: Buffer): Table | undefined {
  return chooseOrder(bytes, littleEndian => {
    const count = readU32(bytes, 12, littleEndian)
    const texts = OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES
    return { littleEndian, entries: OLD_HEADER_BYTES, count, entrySize: OLD_ENTRY_BYTES, texts }
  })
}

/** At the beginning, or behind the old format's entries, aligned as the machine that wrote it aligns 64-bit numbers. */
function findNewTable(bytes: Buffer, old: Table | undefined): Table | undefined {
  const starts = old === undefined ? [0] : [alignUp(old.texts, 8), alignUp(old.texts, 4)]
  const start = starts.find(at => hasText(bytes, at, NEW_MAGIC))
  if (start === undefined || start + NEW_HEADER_BYTES > bytes.length) return undefined
  const order = (bytes[start + 28] ?? 0) & ENDIAN_MASK
  const build = (littleEndian: boolean): Table => ({
    littleEndian,
    entries: start + NEW_HEADER_BYTES,
    count: readU32(bytes, start + 20, littleEndian),
    entrySize: NEW_ENTRY_BYTES,
    texts: start,
  })
  if (order === LITTLE_ENDIAN || order === BIG_ENDIAN) {
    const table = build(order === LITTLE_ENDIAN)
    return fits(bytes, table) ? table : undefined
  }
  return chooseOrder(bytes, build)
}

/** The byte order in which the number of entries fits the file and the first entry is one. */
function chooseOrder(bytes: Buffer, build: (littleEndian: boolean) => Table): Table | undefined {
  return [build(true), build(false)].find(
    table =>
      fits(bytes, table) &&
      (table.count === 0 || ELF_KINDS.has(readU32(bytes, table.entries, table.littleEndian) & 0xff)),
  )
}

function fits(bytes: Buffer, { entries, count, entrySize }: Table): boolean {
  return entries + count * entrySize <= bytes.length
}

function readEntries(bytes: Buffer, table: Table): LoaderLibraries {
  const { littleEndian, entries, entrySize, texts } = table
  // Names come from the file: an object without a prototype takes `__proto__` like any other.
  const libraries: Record<string, string[]> = Object.create(null)
  let characters = 0
  for (let index = 0; index < Math.min(table.count, MAX_ENTRIES); index += 1) {
    const at = entries + index * entrySize
    if (!ELF_KINDS.has(readU32(bytes, at, littleEndian) & 0xff)) continue
    const name = readText(bytes, texts + readU32(bytes, at + 4, littleEndian))
    const path = readText(bytes, texts + readU32(bytes, at + 8, littleEndian))
    if (!name || !path) continue
    characters += name.length + path.length
    if (characters > MAX_CHARACTERS) break
    libraries[name] ??= []
    libraries[name].push(path)
  }
  return libraries
}

function readText(bytes: Buffer, at: number): string | undefined {
  const part = bytes.subarray(at, at + MAX_TEXT_BYTES)
  const end = part.indexOf(0)
  return end < 0 ? undefined : part.toString('utf8', 0, end)
}

function readU32(bytes: Buffer, at: number, littleEndian: boolean): number {
  if (at + 4 > bytes.length) return 0
  return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
}

function hasText(bytes: Buffer, at: number, text: string): boolean {
  return bytes.toString('latin1', at, at + text.length) === text
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align
}
