import { ArchparityError } from '../errors.js'
import type { ReadLog } from './named-log.js'

/** What all logs of one verdict must have in common, and how it is called. */
const PARTS: readonly { readonly what: string; readonly read: (log: ReadLog) => string }[] = [
  { what: 'index', read: ({ image }) => image.digest },
  { what: 'suites', read: ({ started }) => started.suites.join(', ') },
  { what: 'content of the suites', read: ({ started }) => started.suitesDigest ?? '' },
  { what: 'settings of the comparison', read: ({ started }) => JSON.stringify(started.comparison ?? {}) },
  { what: 'version of archparity', read: ({ started }) => started.archparity },
]

/** Throws LOGS_DIFFER where logs are of different images, suites, settings or versions. */
export function requireSame(logs: readonly ReadLog[]): void {
  const [first, ...others] = logs
  if (first === undefined) return
  for (const { what, read } of PARTS) {
    const wanted = read(first)
    const other = others.find(log => read(log) !== wanted)
    if (other === undefined) continue
    const say = (log: ReadLog) => read(log).slice(0, 200) || 'nothing'
    throw new ArchparityError(
      'LOGS_DIFFER',
      `${first.name} and ${other.name} are not of the same ${what}: ${say(first)} and ${say(other)}`,
      {
        hint: 'Merge logs of one tag that was resolved once: give each job repository@sha256:… and the same suites. With --mixed they are merged all the same.',
        details: { files: [first.name, other.name] },
      },
    )
  }
}
