import { createHash, type Hash } from 'node:crypto'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pLimit from 'p-limit'
import type { Digest } from '../../src/model/digest.js'
import { type FileEntry, type Layer, packEntries } from './layer.js'
import { holdLock } from './lock.js'
import { findLabFolder } from './places.js'

/** What a large layer is made from; as long as `inputs` is the same, the one that was stored is taken. */
export interface StoredRecipe {
  readonly name: string
  readonly inputs: unknown
  readonly build: () => Promise<readonly FileEntry[]>
}

const DAY = 86_400_000

/** One at a time: starting a program takes long for a process that holds many layers. */
const limit = pLimit(1)

/** Builds a layer that is too large for memory and for being built by each test, once a machine. */
export async function buildStoredLayer({ name, inputs, build }: StoredRecipe): Promise<Layer> {
  const folder = findLabFolder(`layers/${name}`)
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)
  const found = await readStored(folder, key)
  if (found !== undefined) return found
  return await limit(() =>
    holdLock(folder, async () => {
      const again = await readStored(folder, key)
      if (again !== undefined) return again
      await mkdir(folder, { recursive: true })
      await removeOld(folder)
      await store(await build(), folder, key)
      return (await readStored(folder, key)) as Layer
    }),
  )
}

/** What an older recipe has left: another process may still be at work with what was made lately. */
async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    const age = Date.now() - (await stat(file)).mtimeMs
    if (/\.(gz|json|partial)$/.test(name) && age > DAY) await rm(file)
  }
}

async function readStored(folder: string, key: string): Promise<Layer | undefined> {
  const [file, facts] = [path.join(folder, `${key}.tar.gz`), path.join(folder, `${key}.json`)]
  if (!existsSync(facts) || !existsSync(file)) return undefined
  const { digest, diffId } = JSON.parse(await readFile(facts, 'utf8')) as Pick<Layer, 'digest' | 'diffId'>
  return {
    ...{ digest, diffId, file },
    get bytes() {
      return readFileSync(file)
    },
  }
}

async function store(entries: readonly FileEntry[], folder: string, key: string): Promise<void> {
  const file = path.join(folder, `${key}.tar.gz`)
  const [tar, compressed] = [createHash('sha256'), createHash('sha256')]
  const partial = `${file}.partial`
  const gzip = createGzip({ level: 1, chunkSize: 1 << 18 })
  await pipeline(packEntries(entries), passBy(tar), gzip, passBy(compressed), createWriteStream(partial))
  await rename(partial, file)
  const facts = { digest: nameDigest(compressed), diffId: nameDigest(tar) }
  await writeFile(path.join(folder, `${key}.json`), JSON.stringify(facts))
}

function passBy(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
}

function nameDigest(hash: Hash): Digest {
  return `sha256:${hash.digest('hex')}`
}
