import type { Readable } from 'node:stream'
import type { Digest } from '../model/digest.js'
import type { Descriptor, ResolvedImage } from '../model/image.js'

/** A manifest or an index exactly as stored; its digest is verified. */
export interface RawManifest {
  readonly bytes: Buffer
  readonly digest: Digest
  /** As the registry or the descriptor names it; empty where neither does. */
  readonly mediaType: string
}

/** Reads content by digest; everything that it gives is verified. */
export interface ContentReader {
  /** Throws `DIGEST_MISMATCH`, `MANIFEST_INVALID` (too large), or that it cannot be read. */
  readManifest(digest: Digest): Promise<RawManifest>
  /**
   * The raw bytes of a blob as a stream, which fails with `DIGEST_MISMATCH` where they are not the descriptor's. Who
   * reads must not trust what came before the end. Rejects where the blob cannot be opened.
   */
  readBlob(descriptor: Descriptor): Promise<Readable>
}

/** An image that a reference names, wherever it is stored. */
export interface ImageSource extends ContentReader {
  /** Normalised reference without tag or digest, for example `docker.io/library/node`; the path for `oci:`. */
  readonly repository: string
  readonly source: 'registry' | 'oci-layout' | 'oci-archive'
  /** Finds and verifies every platform; the second call gives the result of the first. */
  resolve(): Promise<ResolvedImage>
  /** Releases connections and temporary files. Nothing can be read afterwards. */
  close(): Promise<void>
}
