import { Duplex } from 'node:stream'
import { createFrameParser } from './frames.js'

/** How much of a broken bridge's words is kept. */
const MAX_WORDS = 1000

/** What a bridge ended with; undefined stands for the other side's proper end. */
export type ExplainEnd = (words: string) => Promise<Error | undefined>

/**
 * The connection at the far end of a bridge program, whose standard streams are the engine's multiplexed stream
 * `upstream`. Holds back the program's first byte, which only says that it is connected.
 */
export class BridgeStream extends Duplex {
  /** Resolves once the far side has taken the connection, and rejects where it does not. */
  readonly connected: Promise<void>
  private readonly upstream: Duplex
  private readonly explain: ExplainEnd
  private settle: ((error?: Error) => void) | undefined
  private words = ''
  private over = false

  constructor(upstream: Duplex, explain: ExplainEnd) {
    super()
    this.upstream = upstream
    this.explain = explain
    this.connected = new Promise((resolve, reject) => {
      this.settle = error => (error === undefined ? resolve() : reject(error))
    })
    // Whoever waits or reads is told; nobody has to.
    this.connected.catch(() => {})
    this.on('error', () => {})
    const parse = createFrameParser((which, payload) =>
      which === 1 ? this.passOn(payload) : this.keepWords(payload),
    )
    upstream.on('data', parse)
    for (const event of ['end', 'close', 'error'] as const) upstream.on(event, () => void this.finish())
  }

  override _read(): void {
    this.upstream.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // A far side that takes no more may have answered already: how the reading ends is what counts.
    this.upstream.write(chunk, () => done())
  }

  override _final(done: () => void): void {
    this.upstream.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.over = true
    this.settle?.(error ?? new Error('the connection was closed before it was open'))
    this.upstream.destroy()
    done(error)
  }

  private passOn(payload: Buffer): void {
    let rest = payload
    if (this.settle !== undefined) {
      this.settle()
      this.settle = undefined
      rest = payload.subarray(1)
    }
    if (rest.length > 0 && !this.over && !this.push(rest)) this.upstream.pause()
  }

  private keepWords(payload: Buffer): void {
    this.words = (this.words + payload.toString('utf8')).slice(0, MAX_WORDS)
  }

  private async finish(): Promise<void> {
    if (this.over) return
    this.over = true
    const error = await this.explain(this.words).catch((reason: Error) => reason)
    if (error === undefined && this.settle === undefined) this.push(null)
    else this.destroy(error ?? new Error('the bridge ended before it was connected'))
  }
}
