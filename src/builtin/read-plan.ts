import { test } from '../worker/suite.js'
import { getWorker } from '../worker/worker.js'
import type { BuiltinPlan } from './builtin-plan.js'

/** What this platform is asked; undefined where the image was not audited. */
export function readBuiltinPlan(): BuiltinPlan | undefined {
  return getWorker().context.builtin
}

/** Declares a check that says why a suite has nothing to ask; nothing where it has. */
export function skipWithout(what: readonly unknown[] | undefined, nouns: string): void {
  if (what !== undefined && what.length > 0) return
  const reason =
    what === undefined
      ? `the image was not audited, so its ${nouns} are not known`
      : `no platform has ${nouns}`
  test(nouns, ({ skip }) => skip(reason))
}

/** Declares a skipped check that says how many were left out, so that the report has it. */
export function tellOmitted(count: number | undefined, nouns: string): void {
  if (count === undefined || count === 0) return
  test(`all ${nouns}`, ({ skip }) => skip(`${count} more ${nouns} were not asked`))
}
