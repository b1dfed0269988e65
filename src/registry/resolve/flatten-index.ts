import type { Digest } from '../../model/digest.js'
import type { RawDescriptor, RawIndex } from '../content/manifest-schema.js'
import { INDEX_TYPES } from '../content/media-types.js'
import { parseDocument, rejectDocument } from '../content/parse-document.js'
import { checkBytes } from '../content/verify-bytes.js'
import type { ContentReader } from '../image-source.js'

/** image-spec allows an index in an index; real ones go one level deep. */
const MAX_DEPTH = 4
const MAX_ENTRIES = 1000
const MAX_INDEXES = 100

/**
 * The entries of an index in their order, with each nested index replaced by its own entries. Throws
 * `MANIFEST_INVALID` where indexes nest too deep or hold too many entries.
 */
export async function flattenIndex(
  index: RawIndex,
  reader: ContentReader,
  repository: string,
): Promise<RawDescriptor[]> {
  const flat: RawDescriptor[] = []
  const opened = new Set<string>()
  const visit = async (entries: readonly RawDescriptor[], depth: number): Promise<void> => {
    for (const entry of entries) {
      if (!INDEX_TYPES.has(entry.mediaType?.toLowerCase() ?? '')) {
        flat.push(entry)
        if (flat.length > MAX_ENTRIES)
          rejectDocument(repository, `its index has more than ${MAX_ENTRIES} entries`)
        continue
      }
      if (depth === MAX_DEPTH)
        rejectDocument(repository, `its indexes are nested more than ${MAX_DEPTH} deep`)
      // The same index again adds nothing but work.
      if (opened.has(entry.digest)) continue
      opened.add(entry.digest)
      if (opened.size > MAX_INDEXES) rejectDocument(repository, `it nests more than ${MAX_INDEXES} indexes`)
      await visit(await openIndex(entry), depth + 1)
    }
  }
  const openIndex = async (entry: RawDescriptor): Promise<readonly RawDescriptor[]> => {
    const where = `${repository}@${entry.digest}`
    const { bytes } = await reader.readManifest(entry.digest as Digest)
    checkBytes({ digest: entry.digest as Digest, size: entry.size }, bytes, repository)
    const document = parseDocument(bytes, entry.mediaType?.toLowerCase() ?? '', where)
    return document.kind === 'index' ? document.index.manifests : rejectDocument(where, 'it is not an index')
  }
  await visit(index.manifests, 1)
  return flat
}
