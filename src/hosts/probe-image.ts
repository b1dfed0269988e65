import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { type Pack, pack } from 'tar-stream'
import { makeProbeProgram, PROBE_PADDING } from './probe-program.js'

/** Where the image has its one file. */
export const PROBE_PATH = '/probe'

/** Label of these images; its value is the architecture. Nothing else has it, so that a sweep takes nothing else. */
export const PROBE_LABEL = 'org.archparity.probe'

/** An image of nothing but a probe program, as an archive that any engine can load. */
export interface ProbeImage {
  /** At once an OCI layout (which engines with the containerd store read) and a `docker save` archive. */
  readonly archive: Buffer
  /** Names that engines give it: the config's digest (classic store, Podman), the manifest's (containerd store). */
  readonly names: readonly [config: string, manifest: string]
}

/**
 * Makes the image for an architecture; undefined where there is no probe program for it. The same architecture
 * and labels give the same bytes, so that its names are known before an engine has it.
 */
export async function buildProbeImage(
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<ProbeImage | undefined> {
  const program = makeProbeProgram(architecture)
  if (program === undefined) return undefined
  const layer = await writeTar([{ name: PROBE_PATH.slice(1), content: program, mode: 0o755 }])
  const config = encode({
    created: EPOCH.toISOString(),
    os: 'linux',
    architecture,
    config: {
      Entrypoint: [PROBE_PATH],
      Env: [PROBE_PADDING.join('=')],
      Labels: { ...labels, [PROBE_LABEL]: architecture },
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
