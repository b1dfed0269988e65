import { ArchparityError } from '../errors.js'
import { EVENT_LOG_VERSION, type LoggedEvent } from '../model/events.js'

/** What an event log held, and what could not be read of it. */
export interface ParsedLog {
  readonly events: readonly LoggedEvent[]
  /** One sentence for each line that was left out, with its number; empty for a sound log. */
  readonly damage: readonly string[]
}

/** Fields that every event of a type must have, with their JavaScript types. */
const REQUIRED: Readonly<
  Record<LoggedEvent['type'], Readonly<Record<string, 'string' | 'number' | 'object'>>>
> = {
  'run-started': { version: 'number', runId: 'string', image: 'string', suites: 'object', root: 'string' },
  'image-resolved': { image: 'object' },
  'platform-audited': { summary: 'object' },
  'audit-finding': { finding: 'object' },
  'audit-finished': { durationMs: 'number', layers: 'object' },
  'host-ready': { facts: 'object' },
  'target-planned': { target: 'object' },
  'coverage-lost': { lost: 'object' },
  'image-pulled': { target: 'string', imageId: 'string' },
  'check-started': { target: 'string', pass: 'string', check: 'object' },
  observation: {
    target: 'string',
    pass: 'string',
    check: 'string',
    attempt: 'number',
    seq: 'number',
    observation: 'object',
  },
  'value-expected': {
    target: 'string',
    pass: 'string',
    check: 'string',
    attempt: 'number',
    seq: 'number',
    expectation: 'object',
  },
  'check-finished': { target: 'string', pass: 'string', check: 'object', status: 'string', errors: 'object' },
  'program-executed': { target: 'string', pass: 'string', program: 'string' },
  'suite-errored': { target: 'string', pass: 'string', file: 'string', code: 'string', message: 'string' },
  'host-lost': { host: 'string', message: 'string' },
  'run-finished': { reason: 'string', durationMs: 'number' },
}

/**
 * Reads an event log: one JSON object a line. A torn or foreign line is left out and told in `damage`, because a
 * run that was killed must still report. Throws `LOG_INVALID` where the text is no event log at all, or was
 * written in a newer format than this version reads.
 */
export function parseEventLog(text: string): ParsedLog {
  const events: LoggedEvent[] = []
  const damage: string[] = []
  const lines = text.split('\n')
  const last = lines.length - 1
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const event = parseLine(line)
    if (typeof event !== 'string') {
      assertVersion(event)
      events.push(event)
      continue
    }
    const torn = index === last ? ' (the last line: the run was cut off while writing it)' : ''
    damage.push(`line ${index + 1}: ${event}${torn}`)
  }
  if (events.length === 0 && damage.length > 0) {
    throw new ArchparityError('LOG_INVALID', `The text is not an event log: ${damage[0]}.`, {
      hint: 'Give the run.jsonl that a run wrote.',
    })
  }
  return { events, damage }
}

/** The event of a line, or what is wrong with the line. */
function parseLine(line: string): LoggedEvent | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object'
  const fields = value as Record<string, unknown>
  const type = fields.type
  if (typeof type !== 'string') return 'no event type'
  if (!Object.hasOwn(REQUIRED, type)) return `unknown event type ${JSON.stringify(type).slice(0, 60)}`
  for (const [name, wanted] of Object.entries(REQUIRED[type as LoggedEvent['type']])) {
    const found = fields[name]
    if (typeof found !== wanted || found === null) return `event ${type} without a valid ${name}`
  }
  return fields as unknown as LoggedEvent
}

function assertVersion(event: LoggedEvent): void {
  if (event.type !== 'run-started' || event.version <= EVENT_LOG_VERSION) return
  throw new ArchparityError(
    'LOG_INVALID',
    `The event log has format version ${event.version}; this archparity reads up to ${EVENT_LOG_VERSION}.`,
    { hint: 'Render it with the archparity that wrote it, or a newer one.' },
  )
}
