import { createHash, randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import type Docker from 'dockerode'
import { extract } from 'tar-stream'
import { onTestFinished } from 'vitest'
import type { Tree } from '../../../src/audit/inventory.js'
import { mergeLayers } from '../../../src/audit/tree/merge-layers.js'
import { loadImage } from '../../../src/pull/load-image.js'
import { digestBytes } from '../../lab/digest-bytes.js'
import { type RuntimeConfig, writeImage } from '../../lab/image-writer.js'
import type { Layer } from '../../lab/layer.js'
import { AMD64 } from '../../lab/platforms.js'
import { describeContent, openContent } from '../../worker/test-image.js'
import { readBytes } from '../layers/read-bytes.js'

/** A tar as a layer. */
export function compressTar(tar: Buffer): Layer {
  const bytes = gzipSync(tar, { level: 1 })
  return { bytes, digest: digestBytes(bytes), diffId: digestBytes(tar) }
}

/** Has the engine unpack layers; gives the image's id. The image is removed with the test. */
export async function loadLayers(
  engine: Docker,
  layers: readonly Layer[],
  config: RuntimeConfig = {},
): Promise<string> {
  const labelled = { Cmd: ['/none'], ...config, Labels: { test: randomUUID() } }
  const content = writeImage({ platform: AMD64.platform, layers, config: labelled })
  const { name } = await loadImage(engine, await openContent(content), describeContent(content))
  removeLater(engine, name)
  return name
}

export function removeLater(engine: Docker, image: string): void {
  onTestFinished(async () => {
    await engine
      .getImage(image)
      .remove({ force: true })
      .catch(() => {})
  })
}

/** The layers of an image as the engine gives them out: tars, from below to above. */
export async function saveLayers(engine: Docker, image: string): Promise<Layer[]> {
  const files = new Map<string, Buffer>()
  const archive = (await engine.getImage(image).get()) as Readable
  await readTar(archive, (header, content) => files.set(header.name, content))
  const [manifest] = JSON.parse(files.get('manifest.json')?.toString() ?? '[]') as { Layers: string[] }[]
  return (manifest?.Layers ?? []).map(name => {
    const bytes = files.get(name) ?? Buffer.alloc(0)
    return compressTar(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes)
  })
}

/** The root that the engine makes of an image, one line for each path. Every file is shown to `onFile` on the way. */
export async function listEngineRoot(
  engine: Docker,
  image: string,
  onFile: (path: string, content: Buffer) => void = () => {},
): Promise<string[]> {
  const container = await engine.createContainer({ Image: image })
  try {
    const entries = new Map<string, Line>()
    await readTar((await container.export()) as Readable, (header, content) => {
      const path = header.name.replace(/\/$/, '')
      const { mode = 0, uid = 0, gid = 0 } = header
      const type = header.type ?? 'file'
      const linkname = header.linkname ?? ''
      if (type === 'link') {
        const shared = entries.get(linkname)
        if (shared !== undefined) entries.set(path, shared)
        return
      }
      if (type === 'file') onFile(path, content)
      const hash = type === 'file' ? createHash('sha256').update(content).digest('hex') : ''
      const capability = header.pax?.['SCHILY.xattr.security.capability'] !== undefined
      entries.set(path, {
        type: WORDS[type] ?? type,
        // Docker's export adds the type's bits.
        mode: mode & 0o7777,
        uid,
        gid,
        size: header.size ?? 0,
        hash,
        capability,
        link: linkname,
      })
    })
    return listLines(entries)
  } finally {
    await container.remove({ force: true, v: true })
  }
}

/** The root that archparity makes of the same layers, in the same words. */
export async function listMergedRoot(layers: readonly Layer[]): Promise<string[]> {
  const inventories = await Promise.all(
    layers.map(async ({ bytes, diffId }) => {
      const inventory = await readBytes(bytes, { diffId })
      if (inventory.problems.length > 0) throw new Error(JSON.stringify(inventory.problems))
      return inventory
    }),
  )
  return listTree(
    mergeLayers(inventories, problem => {
      throw new Error(JSON.stringify(problem))
    }),
  )
}

/** The same lines of a root that archparity has merged. */
export function listTree(tree: Tree): string[] {
  const entries = new Map<string, Line>()
  for (const [path, { type, mode, uid, gid, size, content, capability, link }] of tree) {
    const isFile = type === 'file' || type === 'hardlink'
    // The other reader has one character for all bytes that are no UTF-8.
    entries.set(Buffer.from(path).toString(), {
      type: isFile ? 'file' : type,
      mode,
      uid,
      gid,
      size,
      hash: content?.sha256 ?? '',
      capability: capability !== undefined,
      link: isFile ? '' : (link ?? ''),
    })
  }
  return listLines(entries)
}

interface Line {
  readonly type: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly hash: string
  readonly capability: boolean
  readonly link: string
}

/** What tar-stream calls otherwise. */
const WORDS: Readonly<Record<string, string>> = {
  'character-device': 'character',
  'block-device': 'block',
  'contiguous-file': 'file',
}

/** What engines put into every container. */
const OWN = /^(?:|\.dockerenv|(?:dev|proc|sys)(?:\/.*)?|etc|etc\/(?:hostname|hosts|resolv\.conf|mtab))$/

function listLines(entries: ReadonlyMap<string, Line>): string[] {
  return [...entries]
    .filter(([path]) => !OWN.test(path))
    .map(([path, line]) => {
      const { type, mode, uid, gid, size, hash, capability, link } = line
      const shown = `${type} ${mode.toString(8)} ${uid}:${gid} ${size}${capability ? ' capability' : ''}`
      return `${path} ${shown} ${hash.slice(0, 12)}${link}`
    })
    .sort()
}

interface Header {
  readonly name: string
  readonly type?: string | null
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly size?: number
  readonly linkname?: string | null
  readonly pax?: Readonly<Record<string, string>> | null
}

/** Reads with another reader than the one that is tested. */
async function readTar(stream: Readable, onEntry: (header: Header, content: Buffer) => void): Promise<void> {
  const tar = extract()
  stream.pipe(tar)
  for await (const entry of tar) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    onEntry(entry.header as Header, Buffer.concat(chunks))
  }
}
