import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { Digest } from '../../model/digest.js'
import { shortenDigest } from '../../model/digest.js'
import { readElfFacts } from '../elf/read-elf.js'
import type { LayerInventory } from '../inventory.js'
import { findProbe } from '../probes/index.js'
import { checkDiffId } from './check-diff-id.js'
import { CompressedSource } from './compressed-source.js'
import { DamagedLayer } from './damaged-layer.js'
import { decompress } from './decompress.js'
import { EntryList } from './entry-list.js'
import { FileReader, type FileReaders } from './file-reader.js'
import { LAYER_LIMITS, type LayerLimits } from './limits.js'
import { TarReader } from './tar-reader.js'
import { findZstd } from './zstd-process.js'

/** The layer as its manifest describes it. */
export interface LayerDescription {
  readonly digest: Digest
  /** Bytes as stored. */
  readonly size: number
  readonly mediaType: string
  /** What the image's config says that its tar hashes to. */
  readonly diffId?: string
}

/** How a layer is read. Everything has a default. */
export interface ReadLayerOptions {
  readonly limits?: Partial<LayerLimits>
  readonly readers?: Partial<FileReaders>
  /** Folder for files that are too large for memory; the system's own by default. */
  readonly temporary?: string
  readonly signal?: AbortSignal
  /** Bytes as stored that were read since the last call. */
  readonly onBytes?: (count: number) => void
}

/** A layer's inventory, and whether the stream was read to its end, which is when it verifies what it gave. */
export interface ReadLayer {
  readonly inventory: LayerInventory
  readonly verified: boolean
}

/**
 * Reads a layer once, from its stored bytes to what the audit keeps of it. What is wrong with the bytes becomes a
 * problem of the layer; rejects where the stream fails (with its error) or the signal is aborted (with its reason).
 * Neither memory nor time grows with what the layer claims: see `LayerLimits`.
 */
export async function readLayer(
  stream: Readable,
  layer: LayerDescription,
  options: ReadLayerOptions = {},
): Promise<ReadLayer> {
  const limits = { ...LAYER_LIMITS, ...options.limits }
  const { signal } = options
  const source = new CompressedSource(stream)
  const list = new EntryList(limits)
  const readers = { readElf: readElfFacts, findProbe, ...options.readers }
  const files = new FileReader(readers, limits, options.temporary ?? tmpdir())
  const abort = () => source.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    signal?.throwIfAborted()
    const { size, hash, goesOn } = await readTar(source, list, files, limits, options)
    // Damage that the transfer did is the stream's to tell, and it does so at its end.
    if (goesOn) await source.drain()
    const diffId = hash === undefined ? undefined : `sha256:${hash}`
    const inventory: LayerInventory = {
      digest: layer.digest,
      ...(diffId === undefined ? {} : { diffId }),
      size: layer.size,
      unpackedSize: size,
      entries: list.entries,
      problems: [
        ...list.problems.map(problem => ({
          ...problem,
          message: `Layer ${shortenDigest(layer.digest)} ${problem.message}`,
        })),
        ...checkDiffId(layer.digest, diffId, layer.diffId),
      ],
    }
    return { inventory, verified: source.ended }
  } catch (error) {
    signal?.throwIfAborted()
    throw source.failure === undefined ? error : source.failure.error
  } finally {
    signal?.removeEventListener('abort', abort)
    files.clear()
    source.close()
  }
}

interface ReadTar {
  /** Bytes of the tar that were read. */
  readonly size: number
  /** Of the tar, where it was unpacked to its end. */
  readonly hash?: string
  /** Whether what is left of the stream shall be read. */
  readonly goesOn: boolean
}

async function readTar(
  source: CompressedSource,
  list: EntryList,
  files: FileReader,
  limits: LayerLimits,
  { signal, onBytes }: ReadLayerOptions,
): Promise<ReadTar> {
  const hash = createHash('sha256')
  let waiting: Promise<void> | undefined
  let lastPath: string | undefined
  const tar = new TarReader({
    onEntry(entry) {
      const path = list.add(entry)
      if (path === undefined) return false
      lastPath = path
      if (entry.type !== 'file') return false
      files.start(path, entry.size, entry.stored)
      return true
    },
    onData: (bytes, at) => files.add(bytes, at),
    onEnd() {
      const content = files.end()
      if (!(content instanceof Promise)) {
        list.complete(content)
        return false
      }
      waiting = content.then(found => list.complete(found))
      return true
    },
    onProblem: (code, message, incomplete, name) => list.report(code, message, incomplete, name),
  })
  let size = 0
  let told = 0
  let turn = performance.now()
  try {
    for await (const chunk of decompress(source, findZstd())) {
      size += chunk.length
      hash.update(chunk)
      for (let at = 0; at < chunk.length && !list.full; ) {
        at = tar.feed(chunk, at)
        await waiting
        waiting = undefined
      }
      if (isTooMuch(size, source.consumed, limits, list, lastPath)) return { size, goesOn: false }
      if (performance.now() - turn < TURN_MS) continue
      onBytes?.(source.consumed - told)
      told = source.consumed
      await setImmediate()
      signal?.throwIfAborted()
      turn = performance.now()
    }
  } catch (error) {
    if (!(error instanceof DamagedLayer)) throw error
    list.report(error.code, error.message, !tar.ended, lastPath)
    return { size, goesOn: error.code !== 'unsupported' }
  } finally {
    onBytes?.(source.consumed - told)
  }
  tar.finish()
  return { size, hash: hash.digest('hex'), goesOn: !source.ended }
}

/** How long the event loop may be kept from others. */
const TURN_MS = 30

/** Whether the layer has reached a limit, which is a problem then. */
function isTooMuch(
  size: number,
  stored: number,
  limits: LayerLimits,
  list: EntryList,
  path: string | undefined,
): boolean {
  if (list.full) return true
  if (size > limits.explodeBytes && size > stored * limits.explodeRatio) {
    const ratio = Math.floor(size / Math.max(1, stored))
    list.report('explodes', `unpacks to ${ratio} times its size and more; it was not read on`, true, path)
    return true
  }
  if (size <= limits.unpackedBytes) return false
  list.report('too-large', `unpacks to more than ${limits.unpackedBytes} bytes`, true, path)
  return true
}
