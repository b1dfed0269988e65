import { createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { Descriptor } from '../../src/model/image.js'
import type { Content, Part } from './image-writer.js'

/** Writes an OCI layout folder (image-spec, "OCI image layout") with one tagged root. */
export async function writeLayout(content: Content, folder: string, tag = 'latest'): Promise<void> {
  for (const [name, bytes] of listFiles(content, tag)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, bytes)
  }
}

/** Writes the same as one tar file, as `docker buildx build --output type=oci,dest=FILE` does. */
export async function writeArchive(content: Content, file: string, tag = 'latest'): Promise<void> {
  const tar = pack()
  for (const [name, bytes] of listFiles(content, tag))
    tar.entry({ name, mode: 0o644, mtime: new Date(0) }, bytes)
  tar.finalize()
  await pipeline(tar, createWriteStream(file))
}

function listFiles({ descriptor, parts }: Content, tag: string): Map<string, Buffer> {
  const { platform: _, ...root } = descriptor
  const annotations = { 'org.opencontainers.image.ref.name': tag }
  const index = { schemaVersion: 2, manifests: [{ ...root, annotations }] }
  return new Map([
    ['oci-layout', Buffer.from(JSON.stringify({ imageLayoutVersion: '1.0.0' }))],
    ['index.json', Buffer.from(JSON.stringify(index))],
    ...parts.map(({ digest, bytes }) => [`blobs/${digest.replace(':', '/')}`, bytes] as const),
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
