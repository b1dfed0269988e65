import { attributeRun } from '../attribute/attribute-run.js'
import { compareRun } from '../compare/compare-run.js'
import type { RunRecord } from '../compare/run-record.js'

/** Suite files with a check that is wrong natively, by the digest of platforms that were not emulated yet. */
export function listWrong(record: RunRecord): ReadonlyMap<string, readonly string[]> {
  const findings = attributeRun(record, compareRun(record)).filter(
    ({ kind, cause }) => (kind === 'failure' || kind === 'difference') && cause !== 'image',
  )
  const wrong = new Map<string, Set<string>>()
  for (const target of record.targets) {
    const emulated = record.targets.some(
      other => other.digest === target.digest && other.execution === 'emulated',
    )
    if (target.execution !== 'native' || target.reference || emulated) continue
    for (const finding of findings.filter(each => each.targets.includes(target.id))) {
      for (const id of finding.checks) {
        const file = record.checks.find(({ check }) => check.id === id)?.check.file
        if (file !== undefined) wrong.set(target.digest, (wrong.get(target.digest) ?? new Set()).add(file))
      }
    }
  }
  return new Map([...wrong].map(([digest, files]) => [digest, [...files].sort()]))
}
