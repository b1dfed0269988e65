import type { ArchparityError } from '../errors.js'
import type { Advice } from './advice.js'
import type { KnownHost } from './known-host.js'
import { placeCommand } from './place-command.js'
import { RULES } from './rules/index.js'

/** What all rules say of a host that answered: fixes first, each kind in the order of the rules. */
export function adviseOnHost(host: KnownHost): Advice[] {
  const advice = Object.entries(RULES).flatMap(([rule, check]) =>
    check(host).map(({ mend, ...words }) => ({
      rule,
      ...words,
      ...(mend === undefined ? {} : placeCommand(host, mend)),
    })),
  )
  return [
    ...advice.filter(each => each.severity === 'fix'),
    ...advice.filter(each => each.severity === 'note'),
  ]
}

/** What there is to say of a host that did not answer: its error and the way out that the error names. */
export function adviseOnFailure({ message, hint }: ArchparityError, optional: boolean): Advice[] {
  return [
    {
      rule: 'not-reached',
      severity: optional ? 'note' : 'fix',
      title: optional ? `The engine of this machine is left out: ${message}` : message,
      ...(hint === undefined ? {} : { why: hint }),
    },
  ]
}
