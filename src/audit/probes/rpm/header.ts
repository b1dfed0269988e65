import type { Package } from '../../inventory.js'
import { cleanPath, isWord } from '../limits.js'

/** Tags of rpm's header (rpm, "RPM Tags"). */
const NAME = 1000
const VERSION = 1001
const RELEASE = 1002
const EPOCH = 1003
const ARCHITECTURE = 1022
const OLD_FILE_NAMES = 1027
const FILE_MODES = 1030
const SOURCE_RPM = 1044
const DIRECTORY_INDEXES = 1116
const BASE_NAMES = 1117
const DIRECTORY_NAMES = 1118
const WANTED: ReadonlySet<number> = new Set([
  NAME,
  VERSION,
  RELEASE,
  EPOCH,
  ARCHITECTURE,
  OLD_FILE_NAMES,
  FILE_MODES,
  SOURCE_RPM,
  DIRECTORY_INDEXES,
  BASE_NAMES,
  DIRECTORY_NAMES,
])

/** rpm's own limit (`lib/header.c`). */
const MAX_ENTRIES = 0xffff
/** Files of one package: ten times the largest of any distribution. */
const MAX_FILES = 1_000_000
const ENTRY_BYTES = 16
const FORMAT_MASK = 0o170000
const DIRECTORY = 0o040000

/** A package of an rpm database with the paths that it put there; `''` for a directory or what is no path. */
export interface RpmPackage {
  readonly package: Package
  readonly files: Iterable<string>
}

/**
 * Reads a package's header as rpm databases store it: two big-endian counts, an index of 16 bytes a tag, the data
 * (rpm, "RPM v4 package format", header structure without its lead). Undefined where it is none.
 */
export function parseHeader(blob: Buffer): RpmPackage | undefined {
  const tags = readIndex(blob)
  if (tags === undefined) return undefined
  const name = readText(tags.get(NAME))
  const version = readText(tags.get(VERSION))
  const release = readText(tags.get(RELEASE))
  if (!isWord(name) || !isWord(version) || !isWord(release)) return undefined
  const epoch = readNumbers(tags.get(EPOCH), 4)[0] ?? 0
  const architecture = readText(tags.get(ARCHITECTURE))
  const source = readSource(readText(tags.get(SOURCE_RPM)))
  return {
    package: {
      ecosystem: 'rpm',
      name,
      version: `${epoch === 0 ? '' : `${epoch}:`}${version}-${release}`,
      ...(isWord(architecture) ? { architecture } : {}),
      ...(source === undefined ? {} : { source }),
    },
    files: listFiles(tags),
  }
}

interface Tag {
  readonly data: Buffer
  readonly count: number
}

type Tags = ReadonlyMap<number, Tag>

function readIndex(blob: Buffer): Tags | undefined {
  if (blob.length < 8) return undefined
  const entries = blob.readUInt32BE(0)
  const start = 8 + entries * ENTRY_BYTES
  if (entries === 0 || entries > MAX_ENTRIES || start > blob.length) return undefined
  const data = blob.subarray(start, start + blob.readUInt32BE(4))
  const tags = new Map<number, Tag>()
  for (let at = 8; at < start; at += ENTRY_BYTES) {
    const tag = blob.readUInt32BE(at)
    if (!WANTED.has(tag) || tags.has(tag)) continue
    tags.set(tag, { data: data.subarray(blob.readUInt32BE(at + 8)), count: blob.readUInt32BE(at + 12) })
  }
  return tags
}

function readText(tag: Tag | undefined): string | undefined {
  for (const text of readTexts(tag)) return text
  return undefined
}

function* readTexts(tag: Tag | undefined): Generator<string, void, undefined> {
  if (tag === undefined) return
  for (let index = 0, at = 0; index < tag.count && index < MAX_FILES; index += 1) {
    const end = tag.data.indexOf(0, at)
    if (end < 0) return
    yield tag.data.toString('utf8', at, end)
    at = end + 1
  }
}

function readNumbers(tag: Tag | undefined, bytes: 2 | 4): number[] {
  if (tag === undefined) return []
  const count = Math.min(tag.count, Math.floor(tag.data.length / bytes), MAX_FILES)
  return Array.from({ length: count }, (_, index) => tag.data.readUIntBE(index * bytes, bytes))
}

function* listFiles(tags: Tags): Generator<string, void, undefined> {
  const modes = readNumbers(tags.get(FILE_MODES), 2)
  const folders = [...readTexts(tags.get(DIRECTORY_NAMES))]
  const indexes = readNumbers(tags.get(DIRECTORY_INDEXES), 4)
  const names = tags.has(BASE_NAMES) ? tags.get(BASE_NAMES) : tags.get(OLD_FILE_NAMES)
  let index = 0
  for (const name of readTexts(names)) {
    const folder = tags.has(BASE_NAMES) ? folders[indexes[index] ?? -1] : ''
    const isDirectory = ((modes[index] ?? 0) & FORMAT_MASK) === DIRECTORY
    index += 1
    const path = folder === undefined || isDirectory ? undefined : cleanPath(`${folder}${name}`)
    yield path ?? ''
  }
}

/** `name version-release` of `name-version-release.src.rpm`. */
function readSource(file: string | undefined): string | undefined {
  if (!isWord(file) || !file.endsWith('.rpm')) return undefined
  const parts = file.replace(/\.(?:no)?src\.rpm$/, '').split('-')
  return parts.length < 3 ? undefined : `${parts.slice(0, -2).join('-')} ${parts.slice(-2).join('-')}`
}
