import { createWriteStream } from 'node:fs'
import { copyFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { Descriptor } from '../../src/model/image.js'
import type { Content, Part } from './image-writer.js'

/** Writes an OCI layout folder (image-spec, "OCI image layout") with one tagged root. */
export async function writeLayout(content: Content, folder: string, tag = 'latest'): Promise<void> {
  for (const [name, part] of listFiles(content, tag)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    if (part.file === undefined) await writeFile(file, part.bytes)
    else await linkFile(part.file, file)
  }
}

/** Many layouts share their large layers: links cost nothing, where both places are on one file system. */
async function linkFile(from: string, to: string): Promise<void> {
  await rm(to, { force: true })
  await link(from, to).catch(() => copyFile(from, to))
}

/** Writes the same as one tar file, as `docker buildx build --output type=oci,dest=FILE` does. */
export async function writeArchive(content: Content, file: string, tag = 'latest'): Promise<void> {
  const tar = pack()
  for (const [name, part] of listFiles(content, tag))
    tar.entry({ name, mode: 0o644, mtime: new Date(0) }, part.bytes)
  tar.finalize()
  await pipeline(tar, createWriteStream(file))
}

/** What becomes a file: in memory, or at another place already. */
type Stored = Pick<Part, 'bytes' | 'file'>

function listFiles({ descriptor, parts }: Content, tag: string): Map<string, Stored> {
  const { platform: _, ...root } = descriptor
  const annotations = { 'org.opencontainers.image.ref.name': tag }
  const index = { schemaVersion: 2, manifests: [{ ...root, annotations }] }
  return new Map<string, Stored>([
    ['oci-layout', { bytes: Buffer.from(JSON.stringify({ imageLayoutVersion: '1.0.0' })) }],
    ['index.json', { bytes: Buffer.from(JSON.stringify(index)) }],
    ...parts.map(part => [`blobs/${part.digest.replace(':', '/')}`, part] as const),
  ])
}

/** Reads a layout folder that another tool wrote, with one root, into content that can be pushed. */
export async function readLayout(folder: string): Promise<Content> {
  const index = JSON.parse(await readFile(path.join(folder, 'index.json'), 'utf8')) as Document
  const [root] = index.manifests ?? []
  if (root === undefined) throw new Error(`${folder} has no root`)
  return { descriptor: root, parts: await readParts(folder, root) }
}

interface Document {
  readonly manifests?: readonly Descriptor[]
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
}

async function readParts(folder: string, descriptor: Descriptor): Promise<Part[]> {
  const bytes = await readBlob(folder, descriptor)
  const document = JSON.parse(bytes.toString()) as Document
  const blobs = [...(document.config ? [document.config] : []), ...(document.layers ?? [])]
  const parts: Part[] = []
  for (const child of document.manifests ?? []) parts.push(...(await readParts(folder, child)))
  for (const { mediaType, digest, size } of blobs) {
    parts.push({
      kind: 'blob',
      mediaType,
      digest,
      bytes: await readBlob(folder, { mediaType, digest, size }),
    })
  }
  return [...parts, { kind: 'manifest', mediaType: descriptor.mediaType, digest: descriptor.digest, bytes }]
}

function readBlob(folder: string, { digest }: Descriptor): Promise<Buffer> {
  return readFile(path.join(folder, 'blobs', ...digest.split(':')))
}
