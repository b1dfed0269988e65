import type { CheckRef } from '../model/check.js'
import type { CheckFinished, ObservationMade, ValueExpected } from '../model/events.js'
import type { Observation } from '../model/observation.js'
import type { Expectation } from '../model/per-platform.js'
import type { Target } from '../model/target.js'
import type { RunEnd } from './explain-missing.js'
import type { CheckRecord, CheckResult } from './run-record.js'
import { doubtFailure, settleResults } from './settle-results.js'

/** What the events said of one check so far. */
export interface CheckDraft {
  check: CheckRef
  readonly started: Set<string>
  readonly results: Map<string, CheckResult>
  readonly noise: Map<string, CheckResult>
  readonly main: Map<string, Seen[][]>
  readonly repeat: Map<string, Seen[][]>
  readonly expected: Map<string, ValueExpected[]>
}

interface Seen {
  readonly seq: number
  readonly observation: Observation
}

/** The draft of a check, made where it is new. */
export function openDraft(drafts: Map<string, CheckDraft>, check: CheckRef): CheckDraft {
  const known = drafts.get(check.id)
  if (known !== undefined) {
    // A line number that only some targets report must not depend on who came first.
    if (known.check.line === undefined) known.check = check
    return known
  }
  const draft: CheckDraft = {
    check,
    started: new Set(),
    results: new Map(),
    noise: new Map(),
    main: new Map(),
    repeat: new Map(),
    expected: new Map(),
  }
  drafts.set(check.id, draft)
  return draft
}

/** The check of an id that an event names alone. */
export function nameCheck(id: string, drafts: ReadonlyMap<string, CheckDraft>): CheckRef {
  const separator = id.indexOf(' > ')
  const file = separator < 0 ? id : id.slice(0, separator)
  const name = separator < 0 ? id : id.slice(separator + 3)
  return drafts.get(id)?.check ?? { id, file, name }
}

/** Adds an observation to its check. */
export function recordObservation(drafts: Map<string, CheckDraft>, event: ObservationMade): void {
  const { check: id, target, attempt, seq, observation } = event
  const draft = openDraft(drafts, nameCheck(id, drafts))
  const byTarget = event.pass === 'main' ? draft.main : draft.repeat
  const attempts = byTarget.get(target) ?? []
  byTarget.set(target, attempts)
  // A hostile or damaged attempt number must not allocate.
  const wanted = Number.isInteger(attempt) && attempt >= 0 && attempt < 1000 ? attempt : attempts.length
  while (attempts.length <= wanted) attempts.push([])
  attempts[wanted]?.push({ seq, observation })
}

/** By target in target order, by attempt, by position in it. */
function settleObservations(
  drafts: ReadonlyMap<string, Seen[][]>,
  targets: readonly Target[],
): ReadonlyMap<string, Observation[][]> {
  const settle = (seen: Seen[]) => seen.sort((a, b) => a.seq - b.seq).map(one => one.observation)
  return new Map(
    targets.flatMap(({ id }) => {
      const attempts = drafts.get(id)
      return attempts === undefined ? [] : [[id, attempts.map(settle)] as const]
    }),
  )
}

function settleExpectations(events: readonly ValueExpected[]): Expectation[] {
  const last = Math.max(...events.map(event => event.attempt))
  const counted = events.filter(event => event.attempt === last)
  const bySeq = new Map(counted.map(event => [event.seq, event.expectation]))
  return [...bySeq].sort(([a], [b]) => a - b).map(([, expectation]) => expectation)
}

/** What an event says became of a check. */
export function toResult(event: CheckFinished, at: string): CheckResult {
  const { status, durationMs, attempts, flaky, errors, reason } = event
  return { status, durationMs, attempts, flaky, errors, at, ...(reason === undefined ? {} : { reason }) }
}

/** The record of a check once all events are known. */
export function completeCheck(draft: CheckDraft, world: RunEnd): CheckRecord {
  return {
    check: draft.check,
    results: settleResults(draft, world),
    noise: new Map(
      world.targets.flatMap(target => {
        const result = draft.noise.get(target.id)
        return result === undefined
          ? []
          : [[target.id, doubtFailure(result, target, world.hostLosses)] as const]
      }),
    ),
    observations: settleObservations(draft.main, world.targets),
    noiseObservations: settleObservations(draft.repeat, world.targets),
    expectations: new Map(
      [...draft.expected].map(([target, events]) => [target, settleExpectations(events)]),
    ),
  }
}
