import type { Comparison } from '../compare/comparison.js'
import type { RunRecord } from '../compare/run-record.js'
import { labelTargets } from './describe-difference.js'

/** One line for each reason: what differs legitimately, where, and why. */
export function listDeclared(comparison: Comparison, record: RunRecord): string[] {
  const groups = new Map<string, { what: Set<string>; targets: Set<string>; checks: Set<string> }>()
  const add = (reason: string, check: string, what: string, targets: readonly string[]) => {
    const group = groups.get(reason) ?? { what: new Set(), targets: new Set(), checks: new Set() }
    group.what.add(what)
    group.checks.add(check)
    for (const target of targets) group.targets.add(target)
    groups.set(reason, group)
  }
  for (const { check, declared, declaredFailures } of comparison.checks) {
    for (const [target, { reason }] of declaredFailures) add(reason, check.name, 'failure', [target])
    for (const { difference, reason } of declared) {
      const targets = difference.classes.slice(1).flatMap(one => one.targets)
      add(reason, check.name, `${difference.field} of \`${difference.label}\``, targets)
    }
  }
  return [...groups].map(([reason, { what, targets, checks }]) => {
    const ids = record.targets.map(target => target.id).filter(id => targets.has(id))
    return `${sayFew(what)} in ${sayFew([...checks].map(name => JSON.stringify(name)))} on ${sayFew(labelTargets(ids, record.targets))}: ${reason}`
  })
}

/** What should be done about declarations that no longer do anything. */
export function listStaleDeclarations(comparison: Comparison): string[] {
  return comparison.declarations.flatMap(({ state, reason, expires, source, implied }, index) => {
    const name = `${source ?? `differences.${index}`} (${reason})`
    if (implied === true) return []
    if (state === 'expired') return [`${name} expired on ${expires} and no longer counts`]
    return state === 'unused' ? [`${name} matched nothing in this run: it can be removed`] : []
  })
}

const MAX_NAMES = 3

function sayFew(names: Iterable<string>): string {
  const all = [...names]
  const shown = all.slice(0, MAX_NAMES).join(', ')
  return all.length > MAX_NAMES ? `${shown} and ${all.length - MAX_NAMES} more` : shown
}
