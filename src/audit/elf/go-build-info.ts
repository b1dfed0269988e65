import type { DamageLog } from './damage.js'
import { type ElfBytes, viewFields } from './elf-bytes.js'
import type { ElfFacts } from './elf-facts.js'
import { type FileRange, findAddress, PF_W, PF_X, PT_LOAD, type Segment } from './segments.js'

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const HEADER_BYTES = 32
const ALIGN = 16
/** Flag of the format since Go 1.18: the texts follow the header. */
const INLINE = 2
const BIG_ENDIAN = 1

const MAX_VERSION_BYTES = 256
const MAX_MODULE_BYTES = 1024 * 1024
const MAX_SEARCH_BYTES = 4 * 1024 * 1024
const SEARCH_STEP = 256 * 1024
/** Go frames the module text with two random-looking marks of this length. */
const FRAME_BYTES = 16
const MAX_SETTING_BYTES = 64

/** Settings that decide on which processors the program runs, and whether C code is in it. */
const SETTINGS = new Set([
  'CGO_ENABLED',
  'GO386',
  'GOAMD64',
  'GOARCH',
  'GOARM',
  'GOARM64',
  'GOMIPS',
  'GOMIPS64',
  'GOPPC64',
  'GORISCV64',
])

/**
 * Reads what Go's linker leaves in a program (Go, `debug/buildinfo`): inline since 1.18, by pointers since 1.13.
 * `section` is `.go.buildinfo`; without one the first data segment is searched, as far as it may be.
 */
export function readGoBuildInfo(
  bytes: ElfBytes,
  segments: readonly Segment[],
  section: FileRange | undefined,
  damage: DamageLog,
): ElfFacts['go'] {
  const place =
    section ?? segments.find(({ type, flags }) => type === PT_LOAD && (flags & (PF_W | PF_X)) === PF_W)
  if (place === undefined) return undefined
  const at = findMagic(bytes, 'fileSize' in place ? { offset: place.offset, size: place.fileSize } : place)
  if (at === undefined) return undefined
  const header = bytes.read(at, HEADER_BYTES)
  const texts =
    header.length < HEADER_BYTES
      ? undefined
      : ((header[15] ?? 0) & INLINE) !== 0
        ? readInline(bytes, at + HEADER_BYTES)
        : readPointers(bytes, segments, header)
  if (texts === undefined || texts.version === '') {
    damage.report(`its Go build information, at byte ${at}, cannot be read`)
    return undefined
  }
  return { version: texts.version, settings: readSettings(texts.module) }
}

function findMagic(bytes: ElfBytes, place: FileRange): number | undefined {
  const end = place.offset + Math.min(place.size, MAX_SEARCH_BYTES)
  for (let from = place.offset; from < end; from += SEARCH_STEP) {
    // Steps overlap by a header, so that none is cut in two.
    const raw = bytes.read(from, Math.min(SEARCH_STEP + HEADER_BYTES, end - from))
    const data = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
    for (let at = data.indexOf(MAGIC); at >= 0; at = data.indexOf(MAGIC, at + 1))
      if ((from + at - place.offset) % ALIGN === 0) return from + at
    if (raw.length < SEARCH_STEP) return undefined
  }
  return undefined
}

interface Texts {
  readonly version: string
  readonly module: string
}

function readInline(bytes: ElfBytes, at: number): Texts | undefined {
  const version = readCounted(bytes, at, MAX_VERSION_BYTES)
  if (version === undefined) return undefined
  return {
    version: version.text,
    module: readCounted(bytes, version.end, MAX_MODULE_BYTES)?.text ?? '',
  }
}

/** A text after its length as a varint; undefined where it is longer than `limit` or the file ends in it. */
function readCounted(bytes: ElfBytes, at: number, limit: number): { text: string; end: number } | undefined {
  const prefix = bytes.read(at, 5)
  let length = 0
  let digits = 0
  for (const byte of prefix) {
    length += (byte & 0x7f) * 2 ** (7 * digits)
    digits += 1
    if (byte < 0x80) break
  }
  if (digits === 0 || (prefix[digits - 1] ?? 0x80) >= 0x80 || length > limit) return undefined
  const raw = bytes.read(at + digits, length)
  return raw.length < length ? undefined : { text: decode(raw), end: at + digits + length }
}

/** Two addresses of Go strings, which are an address and a length each. */
function readPointers(bytes: ElfBytes, segments: readonly Segment[], header: Uint8Array): Texts | undefined {
  const size = header[14]
  if (size !== 4 && size !== 8) return undefined
  const bits = size === 8 ? 64 : 32
  const littleEndian = ((header[15] ?? 0) & BIG_ENDIAN) === 0
  const pointers = viewFields(header, bits, littleEndian)
  const readString = (pointer: bigint, limit: number): string | undefined => {
    const place = findAddress(segments, pointer)
    if (place === undefined) return undefined
    const raw = bytes.read(place.offset, 2 * size)
    if (raw.length < 2 * size) return undefined
    const string = viewFields(raw, bits, littleEndian)
    const length = Number(string.word(size))
    const text = findAddress(segments, string.word(0))
    if (text === undefined || length > limit || length > text.size) return undefined
    return decode(bytes.read(text.offset, length))
  }
  const version = readString(pointers.word(16), MAX_VERSION_BYTES)
  return version === undefined
    ? undefined
    : { version, module: readString(pointers.word(16 + size), MAX_MODULE_BYTES) ?? '' }
}

function readSettings(module: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {}
  if (module.length < 2 * FRAME_BYTES + 1 || module.at(-FRAME_BYTES - 1) !== '\n') return settings
  for (const line of module.slice(FRAME_BYTES, -FRAME_BYTES).split('\n')) {
    if (!line.startsWith('build\t')) continue
    const equals = line.indexOf('=')
    const key = line.slice('build\t'.length, equals)
    const value = line.slice(equals + 1)
    if (SETTINGS.has(key) && value.length <= MAX_SETTING_BYTES) settings[key] = value
  }
  return settings
}

/** One character a byte: the frame's marks are no UTF-8, and settings are ASCII. */
function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
