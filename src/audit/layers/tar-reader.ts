import { BLOCK, readTarHeader } from '../../tar/tar-header.js'
import type { EntryType } from '../inventory.js'
import { addSparseFields, createSparsePrefix, isSparseMap, MAX_MAP, type SparsePrefix } from './sparse-map.js'
import type { TarEvents } from './tar-events.js'
import { addExtension, applyExtension, type Extension, type FullHeader } from './tar-extension.js'

/** Bytes of a pax header or a long name, as in Go's archive/tar. */
const MAX_EXTENSION = 1024 * 1024

const TYPES: Readonly<Record<string, EntryType>> = {
  0: 'file',
  1: 'hardlink',
  2: 'symlink',
  3: 'character',
  4: 'block',
  5: 'directory',
  6: 'fifo',
  S: 'file',
}

type State = 'header' | 'extension' | 'sparse-blocks' | 'sparse-prefix' | 'data' | 'skip' | 'end'

/**
 * Reads a tar of any size from the chunks in which it comes, as Go's archive/tar and with it the engines read it: ustar,
 * GNU and pax, with their sparse files; global pax headers say nothing. Keeps at most one header, one extension of
 * 1 MiB and one sparse map. Never throws for what the bytes are: `onProblem` tells, and what makes the place of the next
 * header unknown ends the reading.
 */
export class TarReader {
  readonly #events: TarEvents
  #state: State = 'header'
  /** A block that lies across two chunks. */
  readonly #block = Buffer.alloc(BLOCK)
  #blockFill = 0
  #blockStart = 0
  #extension: Extension = {}
  #extensionType = ''
  #extensionBytes: Buffer = EMPTY
  #extensionFill = 0
  #oversize = false
  /** Bytes to come of the content or the extension, and the padding behind it. */
  #left = 0
  #padding = 0
  #header: { full: FullHeader; type: EntryType; mode: number } | undefined
  #map: number[] | undefined
  #mapAt = 0
  #prefix: SparsePrefix | undefined
  /** Where the next byte of content belongs. */
  #offset = 0
  #wanted = false
  #name: string | undefined

  constructor(events: TarEvents) {
    this.#events = events
  }

  /** Whether the archive has ended, well or not: nothing more will be told of it. */
  get ended(): boolean {
    return this.#state === 'end'
  }

  /** Reads on from `from`; gives where it stopped, which is before the chunk's end only after `onEnd` asked for it. */
  feed(chunk: Buffer, from = 0): number {
    let at = from
    while (at < chunk.length) {
      if (this.#state === 'end') return chunk.length
      if (this.#state === 'data') {
        at = this.#takeData(chunk, at)
        if (this.#left === 0 && this.#endEntry()) return at
      } else if (this.#state === 'skip') {
        const taken = Math.min(this.#left, chunk.length - at)
        this.#left -= taken
        at += taken
        if (this.#left === 0) this.#state = 'header'
      } else if (this.#state === 'extension') {
        at = this.#takeExtension(chunk, at)
      } else {
        const block = this.#takeBlock(chunk, at)
        at = Math.min(chunk.length, at + BLOCK - this.#blockStart)
        if (block !== undefined && this.#readBlock(block)) return at
      }
    }
    return at
  }

  /** To be called at the end of the bytes: says whether they ended where an archive may. */
  finish(): void {
    if (this.#state === 'end') return
    const isBoundary = this.#state === 'header' && this.#blockFill === 0
    // Padding alone may be missing, as with the two blocks of zeros: what it follows is whole.
    const isPadding = this.#state === 'skip' && this.#left < BLOCK
    if (this.#isExtended() || !(isBoundary || isPadding))
      this.#fail('truncated', 'ends in the middle of its archive')
    this.#state = 'end'
  }

  #isExtended(): boolean {
    return this.#oversize || Object.keys(this.#extension).length > 0
  }

  #takeBlock(chunk: Buffer, at: number): Buffer | undefined {
    this.#blockStart = this.#blockFill
    if (this.#blockFill === 0 && chunk.length - at >= BLOCK) return chunk.subarray(at, at + BLOCK)
    const taken = Math.min(BLOCK - this.#blockFill, chunk.length - at)
    chunk.copy(this.#block, this.#blockFill, at, at + taken)
    this.#blockFill += taken
    if (this.#blockFill < BLOCK) return undefined
    this.#blockFill = 0
    return this.#block
  }

  /** True where the reader has to stop after it. */
  #readBlock(block: Buffer): boolean {
    if (this.#state === 'sparse-blocks') return this.#addSparseBlock(block)
    if (this.#state === 'sparse-prefix') return this.#addSparsePrefix(block)
    const header = readTarHeader(block)
    if (header === 'end') {
      if (this.#isExtended()) this.#fail('corrupt', 'has a header extension that no entry follows')
      this.#state = 'end'
      return false
    }
    if (header === undefined) {
      this.#fail('corrupt', 'has bytes where a tar header should be')
      return false
    }
    if ('xgLK'.includes(header.type)) {
      this.#startExtension(header.type, header.size)
      return false
    }
    return this.#startEntry(header.type, header.mode, applyExtension(header, block, this.#extension))
  }

  #startExtension(type: string, size: number): void {
    // Engines do not apply global headers.
    const ignored = type === 'g'
    if (!ignored && size > MAX_EXTENSION) this.#oversize = true
    if (ignored || size > MAX_EXTENSION || size === 0) {
      this.#skip(padded(size))
      return
    }
    this.#state = 'extension'
    this.#extensionType = type
    this.#extensionBytes = Buffer.allocUnsafe(size)
    this.#extensionFill = 0
    this.#left = size
  }

  #takeExtension(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#left, chunk.length - at)
    chunk.copy(this.#extensionBytes, this.#extensionFill, at, at + taken)
    this.#extensionFill += taken
    this.#left -= taken
    if (this.#left > 0) return at + taken
    const bytes = this.#extensionBytes
    this.#extensionBytes = EMPTY
    this.#skip(padded(bytes.length) - bytes.length)
    if (!addExtension(this.#extension, this.#extensionType, bytes)) {
      this.#fail('corrupt', 'has a malformed pax header')
    }
    return at + taken
  }

  #startEntry(flag: string, mode: number, full: FullHeader | undefined): boolean {
    this.#extension = {}
    const oversize = this.#oversize
    this.#oversize = false
    if (full === undefined) {
      this.#fail('corrupt', 'has a header with numbers that are none')
      return false
    }
    const type = TYPES[flag]
    // Links, devices and directories have no content whatever their size says.
    const hasContent = type === 'file' || type === undefined
    this.#left = hasContent ? full.stored : 0
    this.#padding = padded(this.#left) - this.#left
    if (oversize || type === undefined) {
      if (oversize)
        this.#report('name-too-long', `has a header extension of more than ${MAX_EXTENSION} bytes`, undefined)
      else
        this.#report(
          'unsupported',
          `has an entry of the unknown type 0x${flag.charCodeAt(0).toString(16)}`,
          full.name,
        )
      this.#skip(this.#left + this.#padding)
      return false
    }
    this.#name = full.name
    this.#header = { full, type, mode }
    this.#map = undefined
    this.#offset = 0
    this.#mapAt = 0
    if (type === 'file' && full.sparse === 'blocks') {
      this.#map = full.firstExtents
      this.#state = 'sparse-blocks'
      return false
    }
    if (type === 'file' && full.sparse === 'prefix') {
      this.#prefix = createSparsePrefix()
      this.#state = 'sparse-prefix'
      return false
    }
    return this.#openEntry(type === 'file' && Array.isArray(full.sparse) ? full.sparse : undefined)
  }

  #addSparseBlock(block: Buffer): boolean {
    const map = this.#map ?? []
    if (!addSparseFields(map, block, 0, 21) || map.length * 12 > MAX_MAP) {
      this.#fail('corrupt', 'has a sparse file with a malformed map')
      return false
    }
    return block[504] === 0 ? this.#openEntry(map) : false
  }

  #addSparsePrefix(block: Buffer): boolean {
    this.#left -= BLOCK
    const map = this.#left + this.#padding < 0 ? 'malformed' : this.#prefix?.add(block)
    if (map === undefined) return false
    if (map === 'malformed') {
      this.#fail('corrupt', 'has a sparse file with a malformed map')
      return false
    }
    // A size that ends within the map's own padding takes the entry's padding with it.
    this.#padding += Math.min(0, this.#left)
    this.#left = Math.max(0, this.#left)
    return this.#openEntry(map)
  }

  #openEntry(map: number[] | undefined): boolean {
    const header = this.#header
    if (header === undefined) return false
    const { full, type, mode } = header
    if (map !== undefined && !isSparseMap(map, full.size, this.#left)) {
      this.#fail('corrupt', 'has a sparse file whose map does not fit its size')
      return false
    }
    this.#map = map
    const { name, uid, gid, link, capability } = full
    const size = type === 'file' ? full.size : 0
    const stored = this.#left
    this.#wanted = this.#events.onEntry({ name, type, mode, uid, gid, size, stored, link, capability })
    this.#state = 'data'
    return this.#left === 0 && this.#endEntry()
  }

  #takeData(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#left)
    this.#left -= end - from
    if (!this.#wanted) return end
    if (this.#map === undefined) {
      this.#events.onData(
        from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end),
        this.#offset,
      )
      this.#offset += end - from
      return end
    }
    for (let at = from; at < end; ) {
      const start = this.#map[this.#mapAt] ?? 0
      const left = (this.#map[this.#mapAt + 1] ?? 0) - this.#offset
      if (left <= 0) {
        this.#mapAt += 2
        this.#offset = 0
        continue
      }
      const taken = Math.min(left, end - at)
      this.#events.onData(chunk.subarray(at, at + taken), start + this.#offset)
      this.#offset += taken
      at += taken
    }
    return end
  }

  #endEntry(): boolean {
    this.#skip(this.#padding)
    return this.#wanted && this.#events.onEnd()
  }

  #skip(bytes: number): void {
    this.#left = bytes
    this.#state = bytes === 0 ? 'header' : 'skip'
  }

  #fail(code: 'corrupt' | 'truncated', what: string): void {
    this.#state = 'end'
    this.#events.onProblem(code, what, true, this.#name)
  }

  #report(code: 'name-too-long' | 'unsupported', what: string, name: string | undefined): void {
    this.#events.onProblem(code, what, false, name)
  }
}

const EMPTY = Buffer.alloc(0)

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}
