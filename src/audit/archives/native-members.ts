import type { ByteSource } from '../byte-source.js'
import { readElfFacts } from '../elf/read-elf.js'
import type { ArchiveMember } from '../inventory.js'
import { type EntryBudget, walkZip, type ZipEntry } from './zip-directory.js'
import { type ByteBudget, openZipEntry, peekZipEntry } from './zip-reader.js'

/** What an archive holds of native code, and the first thing about it that could not be read. */
export interface NativeMembers {
  readonly members: readonly ArchiveMember[]
  readonly problem?: string
}

const MAX_MEMBERS = 4096
const MAX_ENTRIES = 500_000
/** Of all members that are opened, archives inside the archive included. */
const MAX_BYTES = 512 * 1024 * 1024

const NATIVE = /\.(?:so|jnilib|dll|dylib)$|\.so\.[^/]*$/i
const ARCHIVE = /\.(?:jar|war|ear)$/i

interface Search {
  readonly members: ArchiveMember[]
  readonly entries: EntryBudget
  readonly bytes: ByteBudget
  problem?: string
}

/**
 * Finds native libraries in a jar, and in the jars inside it (`outer.jar!/inner.so` style: `lib/a.jar!/x86/b.so`), one
 * level deep. Reads the facts of those that are ELF.
 */
export function findNativeMembers(source: ByteSource): NativeMembers {
  const search: Search = { members: [], entries: { left: MAX_ENTRIES }, bytes: { left: MAX_BYTES } }
  searchArchive(source, '', search)
  return { members: search.members, ...(search.problem === undefined ? {} : { problem: search.problem }) }
}

function searchArchive(source: ByteSource, prefix: string, search: Search): void {
  const isNested = prefix !== ''
  const walk = walkZip(source, path => NATIVE.test(path) || (!isNested && ARCHIVE.test(path)), search.entries)
  let step = walk.next()
  for (; !step.done; step = walk.next()) {
    if (search.members.length >= MAX_MEMBERS) {
      search.problem ??= `holds more than ${MAX_MEMBERS} native libraries; the rest was not read`
      return
    }
    const entry = step.value
    if (NATIVE.test(entry.path)) search.members.push(readMember(source, entry, prefix, search))
    else searchInner(source, entry, search)
  }
  if (step.value !== undefined) search.problem ??= isNested ? `${prefix}: ${step.value}` : step.value
}

function searchInner(source: ByteSource, entry: ZipEntry, search: Search): void {
  const content = openZipEntry(source, entry, search.bytes)
  if (content.problem !== undefined) search.problem ??= content.problem
  if ('source' in content) searchArchive(content.source, `${entry.path}!/`, search)
}

function readMember(source: ByteSource, entry: ZipEntry, prefix: string, search: Search): ArchiveMember {
  const member = { path: prefix + entry.path, size: entry.size }
  const start = peekZipEntry(source, entry)
  // What is readable and no ELF file is a library of another system: known by its name, and not inflated.
  if (start.length >= 4 && !isElf(start)) return member
  const content = openZipEntry(source, entry, search.bytes)
  if (content.problem !== undefined) search.problem ??= prefix + content.problem
  const elf = 'source' in content ? readElfFacts(content.source) : undefined
  return elf === undefined ? member : { ...member, elf }
}

function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46
}
