import type { Difference } from '../compare/comparison.js'
import type { Target } from '../model/target.js'

/** A difference as plain text: which targets agree, what they have, and the smallest diff to the others. */
export function describeDifference(difference: Difference, targets: readonly Target[]): string {
  const lines = [`${difference.field} of ${difference.label}`]
  for (const one of difference.classes) {
    const labels = labelTargets(one.targets, targets).join(', ')
    const agree = one.targets.length > 1 ? ' agree' : ''
    if (one.base) {
      lines.push(`${labels}${agree}:`, ...one.value.split('\n').map(line => `  ${line}`))
    } else {
      lines.push(`${labels}${agree}, and differ:`)
      if (one.diff.length === 0) lines.push(...one.value.split('\n').map(line => `  ${line}`))
      lines.push(...one.diff.map(line => `  ${line.sign} ${line.text}`))
    }
  }
  return lines.join('\n')
}

/** What reports call the targets with these ids. */
export function labelTargets(ids: readonly string[], targets: readonly Target[]): string[] {
  return ids.map(id => targets.find(target => target.id === id)?.label ?? id)
}
