import pLimit from 'p-limit'
import { ArchparityError } from '../../errors.js'
import type { Digest } from '../../model/digest.js'
import type { PlatformImage, ResolvedImage, ResolveNote } from '../../model/image.js'
import { formatPlatform } from '../../model/platform.js'
import type { RawDescriptor } from '../content/manifest-schema.js'
import { parseDocument, rejectDocument } from '../content/parse-document.js'
import type { ContentReader, RawManifest } from '../image-source.js'
import { findDuplicates } from './find-duplicates.js'
import { flattenIndex } from './flatten-index.js'
import { isAttestation, type ReadAttestation, readAttestation } from './read-attestation.js'
import { readDescriptorPlatform } from './read-platform.js'
import { type EntryResult, readEntry, readManifestImage } from './read-platform-image.js'

/** Requests at a time; registries limit how many connections one client may have. */
const CONCURRENCY = 6

/** How the image is called in the result. */
export type ImageNames = Pick<ResolvedImage, 'repository' | 'source'> & {
  /** The reference to show, given the digest of what was found. */
  readonly formatReference: (digest: Digest) => string
}

/**
 * Finds every platform of the image that `root`, a verified index or manifest, describes. One platform whose manifest
 * is missing or malformed becomes the note `unreadable-platform`; where nothing at all can be read, that error is
 * thrown, and so is any failure of the registry itself.
 */
export async function resolveImage(
  root: RawManifest,
  reader: ContentReader,
  names: ImageNames,
): Promise<ResolvedImage> {
  const { repository } = names
  const where = `${repository}@${root.digest}`
  const document = parseDocument(root.bytes, root.mediaType, where)
  const common = {
    repository,
    reference: names.formatReference(root.digest),
    source: names.source,
    digest: root.digest,
    mediaType: document.mediaType,
    kind: document.kind,
  }
  if (document.kind === 'manifest') {
    const entry: RawDescriptor = {
      mediaType: document.mediaType,
      digest: root.digest,
      size: root.bytes.length,
      platform: undefined,
      annotations: undefined,
      artifactType: undefined,
    }
    const { image, notes } = await readManifestImage(entry, document.manifest, reader, repository)
    if (image === undefined) rejectDocument(where, notes[0]?.message ?? 'it is no container image')
    return { ...common, platforms: [image], attestations: [], notes }
  }
  const entries = await flattenIndex(document.index, reader, repository)
  const limit = pLimit(CONCURRENCY)
  const attesting = entries.filter(isAttestation)
  const [results, attestations] = await Promise.all([
    limit.map(withoutRepeats(entries), entry => readTolerantly(entry, reader, repository)),
    limit.map(attesting, entry => readAttestation(entry, reader, repository)),
  ])
  const failures = results.flatMap(({ error }) => error ?? [])
  const images = results.flatMap(({ image }) => image ?? [])
  if (images.length === 0 && failures[0] !== undefined) throw failures[0]
  return {
    ...common,
    platforms: images.map(image => attach(image, attestations)),
    attestations: attestations.map(({ attestation }) => attestation),
    notes: [
      ...results.flatMap(({ notes }) => notes),
      ...findDuplicates(
        entries.filter(entry => !isAttestation(entry)),
        images,
      ),
      ...noteAttestations(attestations, images),
    ],
  }
}

/** Entries to read as images; the same manifest for the same platform is read once. */
function withoutRepeats(entries: readonly RawDescriptor[]): RawDescriptor[] {
  const seen = new Set<string>()
  return entries.filter(entry => {
    if (isAttestation(entry)) return false
    const platform = readDescriptorPlatform(entry.platform)
    const key = `${entry.digest} ${platform ? formatPlatform(platform) : ''}`
    return !seen.has(key) && seen.add(key)
  })
}

async function readTolerantly(
  entry: RawDescriptor,
  reader: ContentReader,
  repository: string,
): Promise<EntryResult & { readonly error?: ArchparityError }> {
  try {
    return await readEntry(entry, reader, repository)
  } catch (error) {
    const isOnlyThisEntry =
      error instanceof ArchparityError &&
      ['REGISTRY_NOT_FOUND', 'MANIFEST_INVALID', 'LAYOUT_INVALID'].includes(error.code)
    if (!isOnlyThisEntry) throw error
    const platform = readDescriptorPlatform(entry.platform)
    const note: ResolveNote = {
      code: 'unreadable-platform',
      message: error.message,
      ...(platform === undefined ? {} : { platform: formatPlatform(platform) }),
      digest: entry.digest as Digest,
    }
    return { notes: [note], error }
  }
}

function attach(image: PlatformImage, attestations: readonly ReadAttestation[]): PlatformImage {
  const own = attestations.filter(({ attestation }) => attestation.subject === image.manifest.digest)
  return { ...image, attestations: own.map(({ attestation }) => attestation) }
}

function noteAttestations(
  attestations: readonly ReadAttestation[],
  images: readonly PlatformImage[],
): ResolveNote[] {
  const subjects = new Set<string | undefined>(images.map(({ manifest }) => manifest.digest))
  return attestations.flatMap(({ attestation, problem }): ResolveNote[] => {
    const { digest, subject } = attestation
    const about =
      subject === undefined
        ? 'names nothing that it attests'
        : `attests ${subject}, which is no platform here`
    return [
      ...(subjects.has(subject)
        ? []
        : [{ code: 'orphan-attestation' as const, message: `the attestation ${digest} ${about}`, digest }]),
      ...(problem === undefined
        ? []
        : [
            {
              code: 'unreadable-attestation' as const,
              message: `what ${digest} attests is not known: ${problem}`,
              digest,
            },
          ]),
    ]
  })
}
