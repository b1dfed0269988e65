import type { RunRecord } from '../compare/run-record.js'
import type { Cause } from '../model/finding.js'
import type { ResolveNote } from '../model/image.js'
import { formatPlatform } from '../model/platform.js'
import type { FindingDraft } from './draft.js'

/** Notes that are faults of the image; the others are told in the report and blame nobody. */
const FAULTS: Partial<
  Record<ResolveNote['code'], { cause: Cause; title: (where: string) => string; advice: string }>
> = {
  'config-platform-mismatch': {
    cause: 'architecture',
    title: where => `the image config of ${where} names another platform`,
    advice:
      'Build this platform again with the right `--platform`; a base image of another platform is the usual reason.',
  },
  'same-manifest-for-two-platforms': {
    cause: 'architecture',
    title: where => `one manifest is listed for two platforms (${where})`,
    advice: 'One of the two is not what it says: build each platform and create the index again.',
  },
  'duplicate-platform': {
    cause: 'image',
    title: where => `${where} is listed twice in the index`,
    advice: 'Clients take whichever comes first: create the index again with one entry for each platform.',
  },
  'unreadable-platform': {
    cause: 'image',
    title: where => `the platform of an entry cannot be read (${where})`,
    advice: 'Create the index again with a platform for each entry.',
  },
}

/** Findings for what the index itself says wrongly. */
export function findMetadataFaults(record: RunRecord): FindingDraft[] {
  return (record.image?.notes ?? []).flatMap(note => {
    const fault = FAULTS[note.code]
    if (fault === undefined) return []
    const targets = record.targets.filter(target =>
      note.code === 'same-manifest-for-two-platforms'
        ? target.digest === note.digest
        : formatPlatform(target.platform) === note.platform,
    )
    const named = [...new Set(targets.map(target => formatPlatform(target.platform)))].join(' and ')
    const where = named || (note.platform ?? note.digest ?? 'the index')
    const draft: FindingDraft = {
      kind: 'metadata',
      cause: fault.cause,
      lead: `${note.code}\0${where}\0${note.digest ?? ''}`,
      title: () => fault.title(where),
      checks: [],
      targets,
      ...(targets.length === 0 ? { platforms: note.platform === undefined ? [] : [note.platform] } : {}),
      evidence: [
        {
          kind: 'image-fact',
          text: note.message,
          data: { code: note.code, ...(note.digest ? { digest: note.digest } : {}) },
        },
      ],
      advice: fault.advice,
      reproduce:
        record.image?.source === 'registry'
          ? [`docker manifest inspect --verbose ${record.image.repository}@${record.image.digest}`]
          : [],
    }
    return [draft]
  })
}
