import { Readable } from 'node:stream'
import type { Digest } from '../../model/digest.js'
import type { Descriptor, ResolvedImage } from '../../model/image.js'
import { MAX_DOCUMENT } from '../content/limits.js'
import { INDEX, LAYOUT } from '../content/manifest-schema.js'
import { applySchema, parseJson } from '../content/parse-document.js'
import { checkBytes, computeDigest, describeMismatch, verifyBytes } from '../content/verify-bytes.js'
import type { ImageSource, RawManifest } from '../image-source.js'
import { resolveImage } from '../resolve/resolve-image.js'
import { openArchiveFiles } from './archive-files.js'
import { chooseEntry } from './choose-entry.js'
import { openDirectoryFiles } from './directory-files.js'
import { describeBadLayout } from './layout-error.js'
import type { LayoutFiles } from './layout-files.js'
import { type LayoutLocation, locateLayout } from './locate-layout.js'

const DOCKER_SAVE =
  'It is what an old `docker save` writes. Convert it: skopeo copy docker-archive:PATH oci:NEW'

/**
 * Opens the OCI layout that `text` (`PATH[:tag][@digest]`, after `oci:`) names: a folder, or a tar archive.
 * Throws `LAYOUT_INVALID`.
 */
export async function openLayoutSource(
  text: string,
  root: string,
  signal?: AbortSignal,
): Promise<ImageSource> {
  const location = await locateLayout(text, root)
  const isFolder = location.kind === 'directory'
  const files = isFolder
    ? openDirectoryFiles(location.path, location.shown)
    : await openArchiveFiles(location.path, location.shown, signal)
  try {
    await checkLayoutFile(files, location.shown)
  } catch (error) {
    await files.close()
    throw error
  }
  return new LayoutSource(location, files, isFolder ? 'oci-layout' : 'oci-archive')
}

class LayoutSource implements ImageSource {
  readonly repository: string
  readonly source: 'oci-layout' | 'oci-archive'
  readonly #location: LayoutLocation
  readonly #files: LayoutFiles
  #resolved: Promise<ResolvedImage> | undefined

  constructor(location: LayoutLocation, files: LayoutFiles, source: 'oci-layout' | 'oci-archive') {
    this.repository = location.shown
    this.source = source
    this.#location = location
    this.#files = files
  }

  resolve(): Promise<ResolvedImage> {
    this.#resolved ??= this.#resolve()
    return this.#resolved
  }

  async readManifest(digest: Digest): Promise<RawManifest> {
    const bytes = await readSmallFile(this.#files, pathOf(digest), this.repository)
    checkBytes({ digest }, bytes, this.repository)
    return { bytes, digest, mediaType: '' }
  }

  async readBlob(descriptor: Descriptor): Promise<Readable> {
    const path = pathOf(descriptor.digest)
    const size = await this.#files.findSize(path)
    if (size === undefined) throw describeMissing(this.repository, path)
    if (size !== descriptor.size) {
      throw describeMismatch(
        descriptor,
        `it has ${size} bytes instead of ${descriptor.size}`,
        this.repository,
      )
    }
    return Readable.from(verifyBytes(descriptor, this.#files.read(path), this.repository), {
      objectMode: false,
    })
  }

  async close(): Promise<void> {
    await this.#files.close()
  }

  async #resolve(): Promise<ResolvedImage> {
    const { shown, tag, digest } = this.#location
    const tagged = tag === undefined ? '' : `:${tag}`
    return await resolveImage(await this.#findRoot(digest), this, {
      repository: shown,
      source: this.source,
      formatReference: found => `oci:${shown}${tagged}@${found}`,
    })
  }

  async #findRoot(wanted: Digest | undefined): Promise<RawManifest> {
    if (wanted !== undefined) return await this.readManifest(wanted)
    const { shown, tag } = this.#location
    const where = `index.json of ${shown}`
    const bytes = await readSmallFile(this.#files, 'index.json', shown)
    const index = applySchema(INDEX, parseJson(bytes, where, 'LAYOUT_INVALID'), where, 'LAYOUT_INVALID')
    const entry = chooseEntry(index.manifests, tag, shown)
    if (entry === 'whole') {
      return { bytes, digest: computeDigest(bytes), mediaType: 'application/vnd.oci.image.index.v1+json' }
    }
    const digest = entry.digest as Digest
    const root = await this.readManifest(digest)
    checkBytes({ digest, size: entry.size }, root.bytes, shown)
    return { ...root, mediaType: entry.mediaType?.toLowerCase() ?? '' }
  }
}

async function checkLayoutFile(files: LayoutFiles, shown: string): Promise<void> {
  if ((await files.findSize('oci-layout')) === undefined) {
    const isDockerSave = (await files.findSize('manifest.json')) !== undefined
    throw describeBadLayout(shown, 'it has no file "oci-layout"', isDockerSave ? DOCKER_SAVE : undefined)
  }
  const where = `oci-layout of ${shown}`
  const json = parseJson(await readSmallFile(files, 'oci-layout', shown), where, 'LAYOUT_INVALID')
  const { imageLayoutVersion } = applySchema(LAYOUT, json, where, 'LAYOUT_INVALID')
  if (!imageLayoutVersion.startsWith('1.')) throw describeBadLayout(shown, 'its version is not 1.x')
}

async function readSmallFile(files: LayoutFiles, path: string, shown: string): Promise<Buffer> {
  const size = await files.findSize(path)
  if (size === undefined) throw describeMissing(shown, path)
  if (size > MAX_DOCUMENT)
    throw describeBadLayout(shown, `${path} has ${size} bytes; ${MAX_DOCUMENT} are allowed`)
  const chunks: Buffer[] = []
  let read = 0
  for await (const chunk of files.read(path)) {
    read += chunk.length
    if (read > MAX_DOCUMENT) throw describeBadLayout(shown, `${path} grows while it is read`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function describeMissing(shown: string, path: string): Error {
  return describeBadLayout(
    shown,
    `it lacks ${path}`,
    'It was copied or written incompletely: write it again.',
  )
}

function pathOf(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`
}
