import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { type Pack, pack } from 'tar-stream'
import { followProgress } from './follow-progress.js'

/** Label of these images; its value is the architecture. Nothing else has it, so that a sweep takes nothing else. */
export const PROGRAM_LABEL = 'org.archparity.program'

/** A program of our own, and how an image starts it. */
export interface ScratchProgram {
  readonly architecture: string
  /** Absolute path of the image's one file. */
  readonly path: string
  readonly program: Buffer
  readonly env?: readonly string[]
}

/** An image of nothing but one program, as an archive that any engine can load. */
export interface ScratchImage {
  /** At once an OCI layout (which engines with the containerd store read) and a `docker save` archive. */
  readonly archive: Buffer
  /** Names that engines give it: the config's digest (classic store, Podman), the manifest's (containerd store). */
  readonly names: readonly [config: string, manifest: string]
}

/**
 * Makes the image of a program. The same program and labels give the same bytes, so that its names are known before
 * an engine has it.
 */
export async function buildScratchImage(
  { architecture, path, program, env = [] }: ScratchProgram,
  labels: Readonly<Record<string, string>>,
): Promise<ScratchImage> {
  const layer = await writeTar([{ name: path.slice(1), content: program, mode: 0o755 }])
  const config = encode({
    created: EPOCH.toISOString(),
    os: 'linux',
    architecture,
    config: {
      Entrypoint: [path],
      Env: env,
      Labels: { ...labels, [PROGRAM_LABEL]: architecture },
    },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    history: [{ created: EPOCH.toISOString(), created_by: 'archparity' }],
  })
  const manifest = encode({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: [describe('application/vnd.oci.image.layer.v1.tar', layer)],
  })
  const index = { schemaVersion: 2, manifests: [describe(MANIFEST_TYPE, manifest)] }
  const archive = await writeTar([
    { name: 'oci-layout', content: encode({ imageLayoutVersion: '1.0.0' }) },
    ...[layer, config, manifest].map(content => ({ name: blobPath(content), content })),
    { name: 'index.json', content: encode(index) },
    {
      name: 'manifest.json',
      content: encode([{ Config: blobPath(config), RepoTags: [], Layers: [blobPath(layer)] }]),
    },
  ])
  return { archive, names: [digestOf(config), digestOf(manifest)] }
}

/** Loads the image and gives the name by which the engine knows it. */
export async function loadScratchImage(engine: Docker, image: ScratchImage): Promise<string> {
  await followProgress(await engine.loadImage(Readable.from([image.archive]), { quiet: true }))
  for (const name of image.names) {
    const held = await engine
      .getImage(name)
      .inspect()
      .catch(() => undefined)
    if (held !== undefined) return name
  }
  throw new Error('the engine took an image, but does not hold it afterwards')
}

const EPOCH = new Date(0)
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const blobPath = (bytes: Buffer): string => `blobs/${digestOf(bytes).replace(':', '/')}`
const describe = (mediaType: string, bytes: Buffer) => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
})

interface File {
  readonly name: string
  readonly content: Buffer
  readonly mode?: number
}

async function writeTar(files: readonly File[]): Promise<Buffer> {
  const archive: Pack = pack()
  for (const { name, content, mode = 0o644 } of files) archive.entry({ name, mode, mtime: EPOCH }, content)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
