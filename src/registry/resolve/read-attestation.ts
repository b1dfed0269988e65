import { ArchparityError } from '../../errors.js'
import { type Digest, isDigest } from '../../model/digest.js'
import type { Attestation } from '../../model/image.js'
import type { RawDescriptor } from '../content/manifest-schema.js'
import { parseDocument } from '../content/parse-document.js'
import { checkBytes } from '../content/verify-bytes.js'
import { sanitizeText } from '../http/sanitize.js'
import type { ContentReader } from '../image-source.js'

/** BuildKit, "Image attestation storage": how an index entry says that it attests another. */
const TYPE = 'vnd.docker.reference.type'
const SUBJECT = 'vnd.docker.reference.digest'
const PREDICATE = 'in-toto.io/predicate-type'

export function isAttestation(entry: RawDescriptor): boolean {
  return entry.annotations?.[TYPE] === 'attestation-manifest'
}

export interface ReadAttestation {
  readonly attestation: Attestation
  /** Why its predicate types are not known. */
  readonly problem?: string
}

/** Reads what an attestation is about. Never fails: one that cannot be read says so in `problem`. */
export async function readAttestation(
  entry: RawDescriptor,
  reader: ContentReader,
  repository: string,
): Promise<ReadAttestation> {
  const digest = entry.digest as Digest
  const named = entry.annotations?.[SUBJECT]
  const subject = isDigest(named) ? { subject: named } : {}
  try {
    const { bytes } = await reader.readManifest(digest)
    checkBytes({ digest, size: entry.size }, bytes, repository)
    const document = parseDocument(bytes, entry.mediaType?.toLowerCase() ?? '', `${repository}@${digest}`)
    const layers = document.kind === 'manifest' ? document.manifest.layers : []
    const types = layers
      .flatMap(layer => layer.annotations?.[PREDICATE] ?? [])
      .map(type => sanitizeText(type))
    return { attestation: { digest, ...subject, predicateTypes: [...new Set(types)] } }
  } catch (error) {
    if (!(error instanceof ArchparityError)) throw error
    return { attestation: { digest, ...subject, predicateTypes: [] }, problem: error.message }
  }
}
