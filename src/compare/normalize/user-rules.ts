import type { NormalizeSetting } from '../../model/declared.js'
import { readPattern } from '../user-pattern.js'
import type { NormalizeRule } from './rules.js'

/** A rule of the user's with where it applies. */
export interface UserRule extends NormalizeRule {
  /** Whether it applies to a field of a check; without a field, to labels of the check. */
  appliesTo(check: string, field?: string): boolean
}

/** Makes the user's settings rules like the built-in ones, which they follow. */
export function makeUserRules(settings: readonly NormalizeSetting[]): readonly UserRule[] {
  return settings.map(({ name, pattern, flags, replace, fields, checks }) => {
    const compiled = readPattern(pattern, flags)
    const wanted = checks?.map(source => readPattern(source))
    return {
      name,
      description: `Set by you: /${pattern}/${flags ?? ''} becomes ${JSON.stringify(replace)}.`,
      apply: line => compiled.replaceAll(line, replace),
      appliesTo: (check, field) =>
        (fields === undefined || (fields as readonly string[]).includes(field ?? '')) &&
        (wanted === undefined || wanted.some(one => one.isFoundIn(check))),
    }
  })
}
