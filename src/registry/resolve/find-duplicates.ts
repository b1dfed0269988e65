import type { Digest } from '../../model/digest.js'
import type { PlatformImage, ResolveNote } from '../../model/image.js'
import { formatPlatform } from '../../model/platform.js'
import type { RawDescriptor } from '../content/manifest-schema.js'

/** Notes platforms that are listed more than once, and manifests that stand for more than one platform. */
export function findDuplicates(
  entries: readonly RawDescriptor[],
  images: readonly PlatformImage[],
): ResolveNote[] {
  const notes: ResolveNote[] = []
  const byPlatform = groupBy(images, image => formatPlatform(image.platform))
  for (const [platform, group] of byPlatform) {
    const digests = group.map(({ manifest }) => manifest.digest)
    const digest = digests[0]
    const times = digests.length > 1 ? digests.length : countRepeats(entries, digest)
    if (digest === undefined || times < 2) continue
    const what = digests.length > 1 ? digests.join(', ') : `always ${digest}`
    notes.push({
      code: 'duplicate-platform',
      message: `${platform} is listed ${times} times: ${what}`,
      platform,
      digest,
    })
  }
  for (const [digest, group] of groupBy(images, ({ manifest }) => manifest.digest)) {
    if (group.length < 2) continue
    const platforms = group.map(({ platform }) => formatPlatform(platform))
    notes.push({
      code: 'same-manifest-for-two-platforms',
      message: `${digest} is listed for ${platforms.join(' and ')}`,
      platform: platforms[1] ?? '',
      digest: digest as Digest,
    })
  }
  return notes
}

/** How often a digest is listed, where it stands for one platform only. */
function countRepeats(entries: readonly RawDescriptor[], digest: Digest | undefined): number {
  const listed = entries.filter(entry => entry.digest === digest)
  const platforms = new Set(listed.map(entry => JSON.stringify(entry.platform ?? null)))
  return platforms.size === 1 ? listed.length : 1
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}
