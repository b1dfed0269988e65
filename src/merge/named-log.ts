import { ArchparityError } from '../errors.js'
import type { ImageResolved, LoggedEvent, RunStarted } from '../model/events.js'

/** The event log of one job, with the name that tells it from the others: mostly its file's. */
export interface NamedLog {
  readonly name: string
  readonly events: readonly LoggedEvent[]
}

/** The same with the parts that every log must have. */
export interface ReadLog extends NamedLog {
  readonly started: RunStarted & { readonly at: string }
  readonly image: ImageResolved['image']
}

/** Throws LOG_INVALID for a log that cannot be merged, because it does not say what it is of. */
export function readLog(log: NamedLog): ReadLog {
  const started = log.events.find(event => event.type === 'run-started')
  const resolved = log.events.find(event => event.type === 'image-resolved')
  if (started !== undefined && resolved !== undefined) return { ...log, started, image: resolved.image }
  const what = started === undefined ? 'has no beginning' : 'ends before the image was resolved'
  throw new ArchparityError('LOG_INVALID', `${log.name} ${what}, so it cannot be merged`, {
    hint: 'Leave it out, or run that job again.',
    details: { file: log.name },
  })
}
