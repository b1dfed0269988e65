import { decodeBytes } from '../../tar/decode-bytes.js'
import { readPaxRecords, readTarNumber, readText, type TarHeader } from '../../tar/tar-header.js'
import { addSparseFields, parseSparseList } from './sparse-map.js'

/** What the headers before an entry's own say of it. */
export interface Extension {
  records?: Map<string, Buffer>
  longName?: string
  longLink?: string
  /** True where a header was too large to be kept, so that the entry's name is not known. */
  oversize?: true
}

/** Takes in the content of a header of type `x`, `L` or `K`; false where it is malformed. */
export function addExtension(extension: Extension, type: string, bytes: Buffer): boolean {
  if (type === 'L') extension.longName = readText(bytes)
  else if (type === 'K') extension.longLink = readText(bytes)
  else {
    const records = readPaxRecords(bytes)
    if (records === undefined) return false
    extension.records = records
  }
  return true
}

/** An entry's header with its extension applied. */
export interface FullHeader {
  readonly name: string
  readonly link: string
  /** Bytes in the archive. */
  readonly stored: number
  /** Bytes of the content, with holes. */
  readonly size: number
  readonly uid: number
  readonly gid: number
  readonly capability: string | undefined
  /** A map, or that it stands before the content (`prefix`) or may go on in blocks of its own (`blocks`). */
  readonly sparse: number[] | 'prefix' | 'blocks' | undefined
  /** The part of the map that the header itself holds, for `blocks`. */
  readonly firstExtents: number[]
}

/**
 * Applies pax records and GNU's long names as Go's archive/tar does, which is what engines unpack with: an empty value
 * says nothing, and a GNU name counts more than a pax one. Undefined where a number is none.
 */
export function applyExtension(
  header: TarHeader,
  block: Buffer,
  extension: Extension,
): FullHeader | undefined {
  const read = (key: string) => {
    const value = extension.records?.get(key)
    return value === undefined || value.length === 0 ? undefined : decodeBytes(value)
  }
  const stored = readDecimal(read('size'), header.size)
  const old = header.type === 'S' ? readOldSparse(block) : undefined
  const realSize = readDecimal(read('GNU.sparse.size') ?? read('GNU.sparse.realsize'), stored ?? 0)
  if (stored === undefined || realSize === undefined || old === null) return undefined
  const sparse = old === undefined ? findSparse(read) : old.continues ? 'blocks' : old.map
  if (sparse === 'malformed') return undefined
  const paxName = sparse === undefined ? undefined : read('GNU.sparse.name')
  return {
    name: extension.longName ?? paxName ?? read('path') ?? header.name,
    link: extension.longLink ?? read('linkpath') ?? header.link,
    stored,
    size: old?.size ?? (sparse === undefined ? stored : realSize),
    uid: readDecimal(read('uid'), header.uid) ?? header.uid,
    gid: readDecimal(read('gid'), header.gid) ?? header.gid,
    capability: readCapability(extension.records),
    sparse,
    firstExtents: old?.map ?? [],
  }
}

function readDecimal(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Null where the numbers are none. */
function readOldSparse(block: Buffer): { map: number[]; size: number; continues: boolean } | null {
  const map: number[] = []
  const size = readTarNumber(block, 483, 12)
  if (size === undefined || !addSparseFields(map, block, 386, 4)) return null
  return { map, size, continues: block[482] !== 0 }
}

function findSparse(read: (key: string) => string | undefined): FullHeader['sparse'] | 'malformed' {
  const version = `${read('GNU.sparse.major') ?? ''}.${read('GNU.sparse.minor') ?? ''}`
  if (version === '1.0') return 'prefix'
  const list = read('GNU.sparse.map')
  if (list === undefined || !['.', '0.0', '0.1'].includes(version)) return undefined
  return parseSparseList(list) ?? 'malformed'
}

function readCapability(records: Map<string, Buffer> | undefined): string | undefined {
  const raw = records?.get('SCHILY.xattr.security.capability')
  if (raw !== undefined) return raw.toString('hex', 0, MAX_CAPABILITY)
  const encoded = records?.get('LIBARCHIVE.xattr.security.capability')
  if (encoded === undefined) return undefined
  return Buffer.from(encoded.toString('latin1'), 'base64').toString('hex', 0, MAX_CAPABILITY)
}

/** `struct vfs_ns_cap_data` has 24 bytes; a longer value is no capability but shall still be seen to differ. */
const MAX_CAPABILITY = 64
