import type { AuditRule, RuleHit } from './rule.js'

/** One manifest that the index lists for more than one platform. */
export const sameManifest: AuditRule = {
  id: 'same-manifest',
  scope: 'image',
  severity: 'error',
  title: 'One manifest is listed for two platforms',
  why: 'The same bytes cannot be the build of two architectures: on one of them programs do not start.',
  check: ({ views }) => {
    const groups = new Map<string, string[]>()
    for (const { label, platform, inventory } of views) {
      const { digest } = inventory.image.manifest
      // The same platform twice is another fault, and no two architectures share one build.
      const name = `${platform.os}/${platform.architecture}/${platform.variant ?? ''}`
      const group = groups.get(digest) ?? []
      if (!group.some(known => known.startsWith(`${name}\0`))) group.push(`${name}\0${label}`)
      groups.set(digest, group)
    }
    return [...groups].flatMap(([digest, group]): RuleHit[] => {
      if (group.length < 2) return []
      const labels = group.map(entry => entry.slice(entry.indexOf('\0') + 1))
      return [
        {
          platforms: labels,
          title: `one manifest is listed for ${labels.join(' and ')}`,
          subject: digest,
          evidence: [{ text: `${digest} is the manifest of ${labels.join(' and ')}`, data: { digest } }],
          advice: 'One of the two is not what it says: build each platform and create the index again.',
        },
      ]
    })
  },
}
