import type { Target } from '../model/target.js'
import type { DeclaredFailure, DeclaredNote, Difference, ValueClass } from './comparison.js'
import type { Declaration } from './declarations.js'
import type { CheckRecord } from './run-record.js'

/** A difference with what is needed to say whether it is declared. */
export interface Candidate {
  readonly difference: Difference
  /** Lines in which a class differs from the base, by class. */
  readonly changes: ReadonlyMap<ValueClass, readonly string[]>
  /** Classes that differ from the base exactly as the check expects per platform, with the expectation in words. */
  readonly expected: ReadonlyMap<ValueClass, string>
}

/** The failures of a check that are declared, by target. What the guard found is never legitimate. */
export function findDeclaredFailures(
  record: CheckRecord,
  targets: readonly Target[],
  declarations: readonly Declaration[],
): ReadonlyMap<string, DeclaredFailure> {
  const about = declarations.filter(
    one => one.setting.status === true && !one.isExpired && one.isAbout(record.check.id),
  )
  const found = new Map<string, DeclaredFailure>()
  for (const target of about.length === 0 ? [] : targets) {
    const result = record.results.get(target.id)
    if (result?.status !== 'failed' || result.errors.some(error => error.kind === 'guard')) continue
    const messages = result.errors.map(error => error.message)
    const match = about.find(one => one.allows([target]) && one.covers(messages))
    if (match !== undefined) found.set(target.id, { reason: match.setting.reason, declaration: match.index })
  }
  return found
}

/** Parts a difference into what is declared, and what is left to be found. */
export function splitDeclared(
  candidate: Candidate,
  check: string,
  targets: readonly Target[],
  declarations: readonly Declaration[],
  failures: ReadonlyMap<string, DeclaredFailure>,
): { readonly left?: Difference; readonly declared: readonly DeclaredNote[] } {
  const { difference } = candidate
  const [base, ...others] = difference.classes
  if (base === undefined) return { declared: [] }
  const about = declarations.filter(
    ({ setting, isExpired, isAbout }) =>
      setting.status !== true &&
      !isExpired &&
      (setting.field === undefined || setting.field === difference.field) &&
      isAbout(check),
  )
  const notes = new Map<string, { reason: string; declaration?: number; classes: ValueClass[] }>()
  const rest: ValueClass[] = []
  for (const one of others) {
    const sides = others.length === 1 ? [one, base] : [one]
    const reason =
      findFailure([one, base], failures) ??
      findExpectation(candidate, one) ??
      findDeclaration(about, sides, candidate.changes.get(one) ?? [], targets)
    if (reason === undefined) {
      rest.push(one)
      continue
    }
    const key = `${reason.declaration ?? ''} ${reason.reason}`
    const note = notes.get(key) ?? { ...reason, classes: [] }
    note.classes.push(one)
    notes.set(key, note)
  }
  const declared = [...notes.values()].map(({ classes, ...reason }) => ({
    ...reason,
    difference: { ...difference, classes: [base, ...classes] },
  }))
  return rest.length === 0 ? { declared } : { declared, left: { ...difference, classes: [base, ...rest] } }
}

type Reason = { readonly reason: string; readonly declaration?: number }

/** Values that a failure explains differ for the same reason. */
function findFailure(
  sides: readonly ValueClass[],
  failures: ReadonlyMap<string, DeclaredFailure>,
): Reason | undefined {
  const side = sides.find(one => one.targets.every(id => failures.has(id)))
  return failures.get(side?.targets[0] ?? '')
}

function findExpectation({ expected }: Candidate, one: ValueClass): Reason | undefined {
  const reason = expected.get(one)
  return reason === undefined ? undefined : { reason }
}

function findDeclaration(
  about: readonly Declaration[],
  sides: readonly ValueClass[],
  lines: readonly string[],
  targets: readonly Target[],
): Reason | undefined {
  const match = about.find(
    one =>
      one.covers(lines) &&
      sides.some(side => one.allows(targets.filter(target => side.targets.includes(target.id)))),
  )
  return match === undefined ? undefined : { reason: match.setting.reason, declaration: match.index }
}
