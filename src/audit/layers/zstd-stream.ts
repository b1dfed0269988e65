import type { CompressedSource } from './compressed-source.js'
import { DamagedLayer } from './damaged-layer.js'
import { ZstdCutter, type ZstdPiece } from './zstd-frames.js'

/** As zstd's own limit without `--long`, less for a decoder that moves all of it with each block. */
const MAX_WINDOW = 32 * 1024 ** 2
/** Bytes of window moved that no honest layer comes to: 8 MiB for each block of 128 KiB is 64 times its content. */
const FREE_WORK = 16 * 1024 ** 3
const MAX_WORK_RATIO = 512

/** Unpacks zstd in JavaScript, block by block, so that neither memory nor a turn of the event loop grows with the input. */
export async function* unpackZstdFrames(source: CompressedSource): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd')
  const cutter = new ZstdCutter()
  const unpacked: Buffer[] = []
  const start = () =>
    new Decompress(bytes => {
      if (bytes.length > 0) unpacked.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    })
  let decoder = start()
  let window = 0
  let work = 0
  let produced = 0
  for (let chunk = await source.next(); chunk; chunk = await source.next()) {
    for (const piece of cutter.cut(chunk)) {
      if (piece.window !== undefined) {
        window = checkWindow(piece.window)
        decoder = start()
      }
      work += window
      if (work > FREE_WORK + MAX_WORK_RATIO * produced) {
        throw new DamagedLayer('explodes', 'is zstd data of many tiny blocks')
      }
      decode(decoder, piece)
      for (const bytes of unpacked.splice(0)) {
        produced += bytes.length
        yield bytes
      }
    }
  }
  cutter.finish()
}

function checkWindow(window: number): number {
  if (window <= MAX_WINDOW) return window
  throw new DamagedLayer(
    'unsupported',
    `is zstd data that needs a window of ${window} bytes; only the program zstd reads it, which is not installed`,
  )
}

function decode(decoder: { push(bytes: Uint8Array, last?: boolean): void }, piece: ZstdPiece): void {
  try {
    decoder.push(piece.bytes, piece.last)
  } catch {
    throw new DamagedLayer('corrupt', 'has damaged zstd data')
  }
}
