import type { FileHandle } from 'node:fs/promises'
import { decodeBytes } from '../../tar/decode-bytes.js'
import { BLOCK, readPaxRecords, readTarHeader, readText, type TarHeader } from '../../tar/tar-header.js'
import { sanitizeText } from '../http/sanitize.js'
import { describeBadLayout } from './layout-error.js'

/** Where a member's bytes lie in the archive. */
export interface TarMember {
  readonly offset: number
  /** Bytes. */
  readonly size: number
  /** False for a directory, a link or a device. */
  readonly isFile: boolean
}

const MAX_MEMBERS = 100_000
/** Bytes of a long name or a pax header. */
const MAX_EXTENSION = 1_048_576

/**
 * Lists a tar archive without reading its contents: one read per member. Throws `LAYOUT_INVALID` where a member escapes
 * the archive, occurs twice, or claims bytes that the file does not have.
 * @param length bytes of the archive
 * @param shown what messages call it
 */
export async function indexTar(
  handle: FileHandle,
  length: number,
  shown: string,
): Promise<Map<string, TarMember>> {
  const members = new Map<string, TarMember>()
  const block = Buffer.alloc(BLOCK)
  let next: { name?: string; size?: number } = {}
  let at = 0
  while (at + BLOCK <= length) {
    await readFully(handle, block, at, shown)
    const header = readTarHeader(block)
    if (header === 'end') return members
    if (header === undefined) {
      throw describeBadLayout(
        shown,
        at === 0 ? 'it is not a tar archive' : `it has no valid tar header at byte ${at}`,
      )
    }
    const offset = at + BLOCK
    const size = next.size ?? header.size
    if (offset + size > length) {
      const name = sanitizeText(next.name ?? header.name, 120)
      throw describeBadLayout(
        shown,
        `it is truncated: ${name} claims ${size} bytes, ${length - offset} are left`,
      )
    }
    at = offset + Math.ceil(size / BLOCK) * BLOCK
    if ('xgLK'.includes(header.type)) {
      next = { ...next, ...(await readExtension(handle, header, offset, shown)) }
      continue
    }
    addMember(members, next.name ?? header.name, { offset, size, isFile: header.type === '0' }, shown)
    next = {}
  }
  // Some writers leave out the two blocks of zeros; a member cut short was found above.
  if (members.size === 0) throw describeBadLayout(shown, 'it is not a tar archive')
  return members
}

/** What a pax or GNU header says of the member that follows. */
async function readExtension(
  handle: FileHandle,
  header: TarHeader,
  offset: number,
  shown: string,
): Promise<{ name?: string; size?: number }> {
  if (header.size > MAX_EXTENSION) throw describeBadLayout(shown, `it has a header of ${header.size} bytes`)
  if (header.type === 'g' || header.type === 'K') return {}
  const bytes = Buffer.alloc(header.size)
  await readFully(handle, bytes, offset, shown)
  if (header.type === 'L') return { name: readText(bytes) }
  const records = readPaxRecords(bytes)
  const size = records?.get('size')?.toString('latin1')
  if (records === undefined || (size !== undefined && !/^\d{1,15}$/.test(size))) {
    throw describeBadLayout(shown, `it has a malformed pax header at byte ${offset}`)
  }
  const name = records.get('path')
  return {
    ...(name === undefined ? {} : { name: decodeBytes(name) }),
    ...(size === undefined ? {} : { size: Number(size) }),
  }
}

function addMember(members: Map<string, TarMember>, raw: string, member: TarMember, shown: string): void {
  const parts = raw.split('/').filter(part => part !== '' && part !== '.')
  const name = parts.join('/')
  if (raw.startsWith('/') || parts.includes('..')) {
    throw describeBadLayout(shown, `its member ${sanitizeText(raw, 120)} points out of the archive`)
  }
  if (members.has(name) && (member.isFile || members.get(name)?.isFile)) {
    throw describeBadLayout(shown, `its member ${sanitizeText(name, 120)} occurs twice`)
  }
  if (members.size >= MAX_MEMBERS) throw describeBadLayout(shown, `it has more than ${MAX_MEMBERS} members`)
  members.set(name, member)
}

async function readFully(handle: FileHandle, into: Buffer, position: number, shown: string): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done)
    if (bytesRead === 0) throw describeBadLayout(shown, 'it became shorter while it was read')
    done += bytesRead
  }
}
