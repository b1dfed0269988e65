import type { Readable } from 'node:stream'
import type { Digest } from '../model/digest.js'
import type { Descriptor, ResolvedImage } from '../model/image.js'
import { formatReference } from '../reference/format-reference.js'
import type { ImageReference } from '../reference/image-reference.js'
import { RegistryClient } from './http/client.js'
import type { ImageSource, RawManifest } from './image-source.js'
import type { RegistryOptions } from './options.js'
import { resolveImage } from './resolve/resolve-image.js'

/** An image in a registry. */
export class RegistrySource implements ImageSource {
  readonly repository: string
  readonly source = 'registry'
  readonly #reference: ImageReference
  readonly #client: RegistryClient
  #resolved: Promise<ResolvedImage> | undefined

  constructor(reference: ImageReference, options: RegistryOptions) {
    this.#reference = reference
    this.#client = new RegistryClient(reference, options)
    this.repository = this.#client.repository
  }

  resolve(): Promise<ResolvedImage> {
    this.#resolved ??= this.#resolve()
    return this.#resolved
  }

  async readManifest(digest: Digest): Promise<RawManifest> {
    return await this.#client.readManifest(digest)
  }

  async readBlob(descriptor: Descriptor): Promise<Readable> {
    return await this.#client.readBlob(descriptor)
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #resolve(): Promise<ResolvedImage> {
    // Where both are given, the digest decides; the tag is only shown.
    const root = await this.#client.readManifestOf(this.#reference.digest ?? this.#reference.tag ?? 'latest')
    return await resolveImage(root, this, {
      repository: this.repository,
      source: this.source,
      formatReference: digest => formatReference({ ...this.#reference, digest }),
    })
  }
}
