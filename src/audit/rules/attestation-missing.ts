import { splitPresence } from '../compare/split.js'
import { joinLabels, labelsOf } from '../compare/wording.js'
import type { PlatformView } from '../view/platform-view.js'
import type { AuditRule, RuleHit, RuleInput } from './rule.js'

/** Attestations that some platforms have and others lack. */
export const attestationMissing: AuditRule = {
  id: 'attestation-missing',
  scope: 'image',
  severity: 'warning',
  title: 'Attestations are missing on some platforms',
  why: 'Who admits images by provenance or scans them by SBOM refuses, or does not see, the platform that has none.',
  check: findMissing,
}

function findMissing({ views }: RuleInput): RuleHit[] {
  const labels = views.map(view => view.label)
  const kinds = views.map(readKinds)
  const all = [...new Set(kinds.flatMap(one => [...(one ?? [])]))].sort()
  return all.flatMap(kind => {
    const split = splitPresence(
      kinds.map(one => one?.has(kind)),
      labels,
    )
    if (split === undefined) return []
    const lacking = labelsOf(split.classes.find(one => one.value === 'missing')?.members ?? [], labels)
    const having = labelsOf(split.classes.find(one => one.value === 'present')?.members ?? [], labels)
    return [
      {
        // Lacking it is what is wrong, however many platforms do.
        platforms: lacking,
        title: `${joinLabels(lacking)} ${lacking.length === 1 ? 'has' : 'have'} no ${kind}, which ${joinLabels(having)} ${having.length === 1 ? 'has' : 'have'}`,
        subject: kind,
        evidence: [
          {
            text: `${kind} is attached to ${joinLabels(having)}, not to ${joinLabels(lacking)}`,
            data: { kind, having, lacking },
          },
        ],
        advice:
          'Build every platform with the same --provenance and --sbom, and join the results with docker buildx imagetools create, which keeps attestations.',
      },
    ]
  })
}

/** Kinds by predicate type (in-toto); undefined where what is attached could not be read. */
function readKinds({ inventory }: PlatformView): ReadonlySet<string> | undefined {
  const { attestations } = inventory.image
  if (attestations.some(one => one.predicateTypes.length === 0)) return undefined
  return new Set(attestations.flatMap(one => one.predicateTypes.map(nameKind)))
}

/** in-toto names kinds by URIs with versions: `https://slsa.dev/provenance/v0.2`, `https://spdx.dev/Document`. */
function nameKind(type: string): string {
  if (/provenance/i.test(type)) return 'provenance'
  if (/spdx|cyclonedx/i.test(type)) return 'SBOM'
  return `attestation ${type.slice(0, 200)}`
}
