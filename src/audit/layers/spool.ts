import { randomUUID } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import path from 'node:path'
import { ArchparityError, describeError } from '../../errors.js'
import type { ByteSource } from '../byte-source.js'

/**
 * Keeps the bytes of one file after another: in memory up to `memoryBytes`, beyond that in a temporary file that has no
 * name any more, so that nothing can be left behind. What was not written reads as zeros. Throws `TEMPORARY_FAILED` where the
 * temporary file cannot be written.
 */
export class Spool {
  readonly #directory: string
  readonly #memoryBytes: number
  #memory = Buffer.alloc(64 * 1024)
  #fill = 0
  #file: number | undefined

  constructor(directory: string, memoryBytes: number) {
    this.#directory = directory
    this.#memoryBytes = memoryBytes
  }

  /** Adds bytes at or behind the end. */
  write(bytes: Buffer, at: number): void {
    const end = at + bytes.length
    if (this.#file === undefined && end <= this.#memoryBytes) {
      this.#grow(end)
      this.#memory.fill(0, this.#fill, at)
      bytes.copy(this.#memory, at)
    } else {
      this.#onDisk(() => {
        this.#file ??= this.#open()
        writeFully(this.#file, bytes, at)
      })
    }
    this.#fill = end
  }

  /** One of the bytes so far, while they are still in memory; 0 for what was not written. */
  peek(at: number): number {
    return at < this.#fill ? (this.#memory[at] ?? 0) : 0
  }

  /** What is kept, as a file of `size` bytes; valid until `clear`. */
  read(size: number): ByteSource {
    if (this.#file === undefined && size <= this.#memoryBytes) {
      this.#grow(size)
      this.#memory.fill(0, this.#fill, size)
      this.#fill = size
      return createMemorySource(this.#memory.subarray(0, size))
    }
    return this.#onDisk(() => {
      this.#file ??= this.#open()
      ftruncateSync(this.#file, size)
      return createFileSource(this.#file, size)
    })
  }

  /** Forgets the file, and gives the disk back. */
  clear(): void {
    this.#fill = 0
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
  }

  #grow(size: number): void {
    if (size <= this.#memory.length) return
    const larger = Buffer.alloc(Math.min(this.#memoryBytes, 2 ** Math.ceil(Math.log2(size))))
    this.#memory.copy(larger, 0, 0, this.#fill)
    this.#memory = larger
  }

  #onDisk<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      const directory = this.#directory
      throw new ArchparityError(
        'TEMPORARY_FAILED',
        `A large file of a layer cannot be kept in ${directory}: ${describeError(error)}`,
        {
          hint: 'Make room there, or name another folder with TMPDIR.',
          cause: error,
          details: { directory },
        },
      )
    }
  }

  #open(): number {
    const name = path.join(this.#directory, `archparity-${randomUUID()}`)
    const file = openSync(name, 'wx+', 0o600)
    unlinkSync(name)
    writeFully(file, this.#memory.subarray(0, this.#fill), 0)
    return file
  }
}

/** Bytes that are in memory as a source. */
export function createMemorySource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)),
  }
}

/** Stands for a file that is too large to be kept: its size is known, its bytes are not. */
export function createEmptySource(size: number): ByteSource {
  return { size, read: () => Buffer.alloc(0) }
}

function createFileSource(file: number, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)))
      let done = 0
      while (done < bytes.length) {
        const count = readSync(file, bytes, done, bytes.length - done, offset + done)
        if (count === 0) break
        done += count
      }
      return bytes.subarray(0, done)
    },
  }
}

function writeFully(file: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, at + done)
}
