import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { followProgress } from '../hosts/follow-progress.js'
import type { Descriptor, PlatformImage } from '../model/image.js'

/** Where blobs and manifests come from; each is verified by whoever gives it. */
export interface BlobSource {
  readBlob(descriptor: Descriptor): Readable | Promise<Readable>
  readManifest(digest: Descriptor['digest']): Promise<{ readonly bytes: Buffer }>
}

/**
 * Sends one platform as an archive that is both an OCI layout (which engines with the containerd store read) and a
 * `docker save` archive (which all others read), without the layers of `left`. Nothing is tagged. Rejects with the
 * engine's own words, or because `signal` was aborted.
 */
export async function sendArchive(
  engine: Docker,
  source: BlobSource,
  image: PlatformImage,
  left: ReadonlySet<Descriptor['digest']>,
  signal?: AbortSignal,
): Promise<void> {
  const archive = pack()
  let sourceFailed: { readonly reason: unknown } | undefined
  const watched: BlobSource = {
    readManifest: digest => source.readManifest(digest),
    readBlob: async descriptor => {
      const blob = await source.readBlob(descriptor)
      // Once the engine has hung up, every blob that is being read fails with it.
      blob.once('error', reason => {
        if (!isEnding(archive)) sourceFailed ??= { reason }
      })
      return blob
    },
  }
  // Its answer is read while the archive is sent: an engine that gives up says why and hangs up.
  const answered = engine
    .loadImage(archive as unknown as NodeJS.ReadableStream, {
      quiet: true,
      ...(signal === undefined ? {} : { abortSignal: signal }),
    })
    .then(stream => followProgress(stream))
  const filled = fillArchive(archive, watched, image, left)
  // Either side that fails ends the other: the engine would wait for the rest, the source to be read.
  for (const side of [answered, filled]) side.catch(error => archive.destroy(error as Error))
  const ends = await Promise.allSettled([answered, filled])
  const failed = sourceFailed ?? ends.find(end => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

const isEnding = (stream: object): boolean => (stream as { destroying?: boolean }).destroying === true

async function fillArchive(
  archive: ReturnType<typeof pack>,
  source: BlobSource,
  image: PlatformImage,
  left: ReadonlySet<Descriptor['digest']>,
): Promise<void> {
  const file = (descriptor: Descriptor) => `blobs/sha256/${descriptor.digest.split(':')[1]}`
  const addText = (name: string, text: string | Buffer) =>
    new Promise<void>((resolve, reject) =>
      archive.entry({ name }, text, error => (error ? reject(error) : resolve())),
    )
  const { bytes } = await source.readManifest(image.manifest.digest)
  await addText('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await addText(file(image.manifest), bytes)
  const seen = new Set<string>(left)
  for (const blob of [image.config, ...image.layers]) {
    if (seen.has(blob.digest)) continue
    seen.add(blob.digest)
    await pipeline(await source.readBlob(blob), archive.entry({ name: file(blob), size: blob.size }))
  }
  const { mediaType, digest, size } = image.manifest
  await addText('index.json', JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, digest, size }] }))
  await addText(
    'manifest.json',
    JSON.stringify([{ Config: file(image.config), RepoTags: [], Layers: image.layers.map(file) }]),
  )
  archive.finalize()
}
