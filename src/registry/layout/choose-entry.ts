import type { RawDescriptor } from '../content/manifest-schema.js'
import { sanitizeText } from '../http/sanitize.js'
import { describeBadLayout } from './layout-error.js'

/** image-spec, "Pre-Defined Annotation Keys", and the full name that BuildKit and containerd write beside it. */
const NAME_KEYS = ['org.opencontainers.image.ref.name', 'io.containerd.image.name']

/**
 * Chooses what of a layout's index.json is meant: the entry with the tag; else the only one; else, where every entry
 * has a platform and no two have different names, index.json itself as the image's index (`whole`).
 * Throws `LAYOUT_INVALID`, naming the tags that there are.
 */
export function chooseEntry(
  entries: readonly RawDescriptor[],
  tag: string | undefined,
  shown: string,
): RawDescriptor | 'whole' {
  if (tag !== undefined) {
    const named = entries.filter(entry => listNames(entry).includes(tag))
    return chooseAmong(named, `tag "${sanitizeText(tag, 130)}"`, entries, shown)
  }
  const first = entries[0]
  if (first !== undefined && entries.every(({ digest }) => digest === first.digest)) return first
  const names = new Set(entries.map(entry => listNames(entry)[0] ?? ''))
  const isIndex =
    entries.length > 1 && names.size === 1 && entries.every(entry => entry.platform !== undefined)
  return isIndex ? 'whole' : chooseAmong(entries, 'no tag', entries, shown)
}

function chooseAmong(
  candidates: readonly RawDescriptor[],
  wanted: string,
  all: readonly RawDescriptor[],
  shown: string,
): RawDescriptor {
  const first = candidates[0]
  if (first !== undefined && candidates.every(({ digest }) => digest === first.digest)) return first
  if (all.length === 0) throw describeBadLayout(shown, 'its index.json lists no image')
  const tags = [...new Set(all.flatMap(listNames))].map(name => sanitizeText(name, 130))
  const problem =
    first === undefined
      ? `it has nothing with the ${wanted}`
      : `it holds ${candidates.length} images, and ${wanted} was given to choose by`
  const list =
    tags.length === 0
      ? `digests: ${all
          .map(({ digest }) => digest)
          .slice(0, 20)
          .join(', ')}`
      : `tags: ${tags.slice(0, 50).join(', ')}`
  throw describeBadLayout(
    shown,
    problem,
    `Choose with oci:${shown}${tags.length === 0 ? '@digest' : ':tag'}; it has the ${list}.`,
  )
}

function listNames(entry: RawDescriptor): string[] {
  return NAME_KEYS.flatMap(key => entry.annotations?.[key] ?? [])
}
