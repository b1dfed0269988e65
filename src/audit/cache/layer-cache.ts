import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { type Digest, isDigest } from '../../model/digest.js'
import type { LayerInventory } from '../inventory.js'
import { readCacheFile, writeCacheFile } from './cache-file.js'

/** Of what is written here; to be raised whenever an inventory of the same layer would hold something else. */
const FORMAT = 1

const DAY = 24 * 3600 * 1000
const MIB = 1024 ** 2

/** Inventories by the digest of their layer. Nothing that goes wrong with it is an error: the layer is read again. */
export interface LayerCache {
  /** Undefined where it is not there, damaged, or made by other readers. */
  read(digest: Digest): Promise<LayerInventory | undefined>
  write(inventory: LayerInventory): Promise<void>
  /** Removes what was not used for long, and the oldest of what is too much; does nothing where nothing was written. */
  prune(): Promise<void>
}

export interface LayerCacheOptions {
  /** `findCacheFolder()` by default. */
  readonly folder?: string
  /** Bytes of all files; 512 MiB by default. */
  readonly maxBytes?: number
  /** Milliseconds without use; 30 days by default. */
  readonly maxAge?: number
}

/** `$XDG_CACHE_HOME/archparity/layers`, by default `~/.cache/archparity/layers` (XDG Base Directory Specification). */
export function findCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: base = '' } = environment
  return path.join(path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'archparity', 'layers')
}

/**
 * Opens the cache; the folder is made when something is written.
 * @param fingerprint of the readers that inventories come from: those of other readers are not found
 */
export function openLayerCache(fingerprint: string, options: LayerCacheOptions = {}): LayerCache {
  const { folder = findCacheFolder(), maxBytes = 512 * MIB, maxAge = 30 * DAY } = options
  let written = false
  const findFile = (digest: Digest) =>
    isDigest(digest) ? path.join(folder, `${digest.replace(':', '-')}.${FORMAT}-${fingerprint}`) : undefined
  return {
    async read(digest) {
      const file = findFile(digest)
      if (file === undefined) return undefined
      const bytes = await readUsed(file, maxBytes).catch(() => undefined)
      return bytes === undefined ? undefined : await readCacheFile(bytes, digest)
    },
    async write(inventory) {
      const file = findFile(inventory.digest)
      if (file === undefined) return
      await writeAtomically(file, writeCacheFile(inventory)).catch(() => undefined)
      written = true
    },
    async prune() {
      if (written) await pruneFolder(folder, maxBytes, Date.now() - maxAge).catch(() => undefined)
    },
  }
}

/** The file's time says when it was last used, to the day. */
async function readUsed(file: string, maxBytes: number): Promise<Buffer | undefined> {
  const handle = await open(file, 'r')
  try {
    const { size, mtimeMs } = await handle.stat()
    if (size > maxBytes) return undefined
    const now = new Date()
    if (now.getTime() - mtimeMs > DAY) await utimes(file, now, now).catch(() => undefined)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

async function writeAtomically(file: string, bytes: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(draft, bytes, { flag: 'wx', mode: 0o600 })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Only this cache's own files are looked at; one that another run removes meanwhile is gone. */
async function pruneFolder(folder: string, maxBytes: number, oldest: number): Promise<void> {
  const names = (await readdir(folder)).filter(name => /^sha(?:256|512)-[0-9a-f]+\.\d+-/.test(name))
  const files: { file: string; size: number; used: number }[] = []
  for (const name of names) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile()) files.push({ file, size: found.size, used: found.mtimeMs })
  }
  let left = maxBytes
  for (const { file, size, used } of files.sort((a, b) => b.used - a.used)) {
    left -= size
    if (used < oldest || left < 0) await rm(file, { force: true })
  }
}
