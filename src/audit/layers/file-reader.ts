import type { ByteSource } from '../byte-source.js'
import type { ElfFacts } from '../elf/elf-facts.js'
import type { FileContent, FileFact } from '../inventory.js'
import type { Probe } from '../probes/probe.js'
import { FileHash } from './file-hash.js'
import type { LayerLimits } from './limits.js'
import { hashNeutralText, MAX_NEUTRAL } from './neutral-text.js'
import { createEmptySource, createMemorySource, Spool } from './spool.js'
import { HEAD_BYTES, isText, readShebang } from './text-facts.js'

/** Who reads what is inside files. */
export interface FileReaders {
  readonly readElf: (source: ByteSource) => ElfFacts | undefined
  readonly findProbe: (path: string) => Probe | undefined
}

/**
 * Learns from regular files, one after another, what the audit keeps of them. A file that lies in one chunk is looked
 * at where it is; of others only the head is kept, or all of it where it is ELF, short or a probe asks for it.
 */
export class FileReader {
  readonly #readers: FileReaders
  readonly #limits: LayerLimits
  readonly #hash: FileHash
  readonly #spool: Spool
  #path = ''
  #size = 0
  #probe: Probe | undefined
  #keepsAll = false
  #decided = false
  /** The whole file, where it came in one piece. */
  #whole: Buffer | undefined

  constructor(readers: FileReaders, limits: LayerLimits, directory: string) {
    this.#readers = readers
    this.#limits = limits
    this.#hash = new FileHash(limits)
    this.#spool = new Spool(directory, limits.memoryBytes)
  }

  /** @param stored bytes that will come; fewer than `size` for a sparse file. */
  start(path: string, size: number, stored: number): void {
    this.#path = path
    this.#size = size
    this.#probe = this.#readers.findProbe(path)
    this.#decided = false
    this.#whole = undefined
    this.#hash.start(size, stored)
    this.#keepsAll = size <= MAX_NEUTRAL || (this.#probe !== undefined && size <= this.#probe.maxBytes)
    if (size > this.#limits.spoolBytes) this.#keepsAll = false
  }

  /** Takes the next bytes, which belong at `at`. */
  add(bytes: Buffer, at: number): void {
    this.#hash.add(bytes, at)
    if (bytes.length === this.#size) {
      this.#whole = bytes
      return
    }
    // What comes before the first four bytes are there is kept anyway, as part of the head.
    if (!this.#decided && at + bytes.length >= 4) this.#decide(bytes, at)
    if (this.#keepsAll) this.#spool.write(bytes, at)
    else if (at < HEAD_BYTES) this.#spool.write(bytes.subarray(0, HEAD_BYTES - at), at)
  }

  /** All that was learned; a promise only where a probe needs to wait. The next file may start when it is there. */
  end(): FileContent | Promise<FileContent> {
    const sha256 = this.#hash.end()
    if (this.#size === 0 && this.#probe === undefined) return emptyContent(sha256)
    const source = this.#whole === undefined ? this.#readKept() : createMemorySource(this.#whole)
    const isKept = this.#keepsAll || this.#whole !== undefined
    const head = asBuffer(source.read(0, HEAD_BYTES))
    const isElf = head.length >= 4 && head.readUInt32BE(0) === ELF_MAGIC
    const shebang = readShebang(head)
    const text = this.#size > 0 && isText(head, this.#size)
    const content = {
      sha256,
      ...(this.#hash.extents ? { extents: true as const } : {}),
      ...(text && this.#size <= MAX_NEUTRAL ? neutralOf(asBuffer(source.read(0, this.#size))) : {}),
      ...(isElf ? elfOf(this.#readers.readElf(source)) : {}),
      ...(shebang === undefined ? {} : { shebang }),
      ...(this.#size > 0 ? { text } : {}),
    }
    const probe = this.#probe
    if (probe === undefined) return this.#finish(content, undefined)
    const fits = isKept && this.#size <= probe.maxBytes
    const fact = probe.read(fits ? source : createEmptySource(this.#size), this.#path)
    return fact instanceof Promise
      ? fact.then(
          found => this.#finish(content, found),
          error => {
            this.#spool.clear()
            throw error
          },
        )
      : this.#finish(content, fact)
  }

  /** Forgets the file that is being read. */
  clear(): void {
    this.#spool.clear()
    this.#whole = undefined
  }

  #decide(bytes: Buffer, at: number): void {
    this.#decided = true
    if (this.#size > this.#limits.spoolBytes) return
    for (let index = 0; index < 4; index += 1) {
      const byte = index < at ? this.#spool.peek(index) : bytes[index - at]
      if (byte !== ELF_BYTES[index]) return
    }
    this.#keepsAll = true
  }

  /** Where only the head was kept, a file of no more than the head. */
  #readKept(): ByteSource {
    return this.#spool.read(this.#keepsAll ? this.#size : Math.min(this.#size, HEAD_BYTES))
  }

  #finish(content: FileContent, fact: FileFact | undefined): FileContent {
    this.clear()
    return fact === undefined ? content : { ...content, fact }
  }
}

const ELF_MAGIC = 0x7f454c46
const ELF_BYTES = [0x7f, 0x45, 0x4c, 0x46]

const emptyContents = new Map<string, FileContent>()

/** One object for all empty files of all layers. */
function emptyContent(sha256: string): FileContent {
  const known = emptyContents.get(sha256) ?? { sha256 }
  emptyContents.set(sha256, known)
  return known
}

function neutralOf(bytes: Buffer): { neutralSha256?: string } {
  const neutralSha256 = hashNeutralText(bytes)
  return neutralSha256 === undefined ? {} : { neutralSha256 }
}

function elfOf(elf: ElfFacts | undefined): { elf?: ElfFacts } {
  return elf === undefined ? {} : { elf }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
