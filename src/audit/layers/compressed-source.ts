import type { Readable } from 'node:stream'

/** The bytes of a layer as stored: read at the speed at which they are needed, and counted. */
export class CompressedSource {
  readonly #stream: Readable
  readonly #iterator: AsyncIterator<Buffer>
  #stop: ((error: unknown) => void) | undefined
  #first: Buffer = Buffer.alloc(0)
  /** What the stream failed with, boxed, so that it is told from damaged content. */
  failure: { readonly error: unknown } | undefined
  /** Bytes given out. */
  consumed = 0
  /** Whether all bytes were given out, and with that verified by the stream. */
  ended = false

  constructor(stream: Readable) {
    this.#stream = stream
    this.#iterator = stream[Symbol.asyncIterator]()
  }

  /** At least `length` bytes from the start without taking them; fewer where there are no more. */
  async peek(length: number): Promise<Buffer> {
    while (this.#first.length < length) {
      const chunk = await this.#read()
      if (chunk === undefined) break
      this.#first = Buffer.concat([this.#first, chunk])
    }
    return this.#first
  }

  /** The next bytes; undefined at the end. Rejects with what the stream failed with. */
  async next(): Promise<Buffer | undefined> {
    const chunk = this.#first.length > 0 ? this.#first : await this.#read()
    this.#first = Buffer.alloc(0)
    if (chunk === undefined) this.ended = true
    else this.consumed += chunk.length
    return chunk
  }

  /** Reads the rest for nothing but the stream's own verification. */
  async drain(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  /** Ends the reading with an error, also where the stream does not answer. */
  abort(error: unknown): void {
    this.failure ??= { error }
    this.#stop?.(error)
    this.close()
  }

  /** Lets go of the stream. */
  close(): void {
    this.#stream.on('error', () => undefined)
    this.#stream.destroy()
  }

  async #read(): Promise<Buffer | undefined> {
    if (this.failure !== undefined) throw this.failure.error
    try {
      const { value, done } = await new Promise<IteratorResult<Buffer>>((resolve, reject) => {
        this.#stop = reject
        this.#iterator.next().then(resolve, reject)
      })
      return done ? undefined : value
    } catch (error) {
      this.failure ??= { error }
      throw error
    }
  }
}
