import type { DeclaredDifference } from '../model/declared.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import type { CheckComparison, DeclarationUse } from './comparison.js'
import { readPattern } from './user-pattern.js'

/** A declared difference made ready to be asked. */
export interface Declaration {
  readonly index: number
  readonly setting: DeclaredDifference
  readonly isExpired: boolean
  /** Whether it is about a check. */
  isAbout(check: string): boolean
  /** Whether it lets all of these targets differ. */
  allows(targets: readonly Target[]): boolean
  /** Whether each line is of the kind that it lets differ. */
  covers(lines: readonly string[]): boolean
}

/** Reads the declarations; `now` (ISO 8601 UTC) decides which of them have expired. */
export function readDeclarations(
  settings: readonly DeclaredDifference[],
  now: string | undefined,
): readonly Declaration[] {
  return settings.map((setting, index) => {
    const { check, platforms, contains, pattern, expires } = setting
    const name = check === undefined ? undefined : readPattern(check)
    const line = pattern === undefined ? undefined : readPattern(pattern)
    return {
      index,
      setting,
      isExpired: expires !== undefined && now !== undefined && now.slice(0, 10) > expires,
      isAbout: id => name === undefined || name.isFoundIn(id),
      allows: targets =>
        platforms === undefined ||
        targets.every(target => platforms.includes(formatPlatform(target.platform))),
      covers: lines =>
        (contains === undefined && line === undefined) ||
        (lines.length > 0 &&
          lines.every(
            each =>
              (contains === undefined || each.includes(contains)) &&
              (line === undefined || line.isFoundIn(each)),
          )),
    }
  })
}

/**
 * What became of each declaration. One that nothing matched is unused only in a run that was asked for every check,
 * that ended by itself, and that had a target of its platforms.
 */
export function sumDeclarations(
  declarations: readonly Declaration[],
  checks: readonly CheckComparison[],
  targets: readonly Target[],
  isWhole: boolean,
): DeclarationUse[] {
  const counts = new Map<number, number>()
  for (const { declared, declaredFailures } of checks) {
    for (const { declaration } of [...declared, ...declaredFailures.values()])
      if (declaration !== undefined) counts.set(declaration, (counts.get(declaration) ?? 0) + 1)
  }
  return declarations.map(({ index, setting, isExpired, allows }) => {
    const matched = counts.get(index) ?? 0
    const ran = targets.some(target => allows([target]))
    const state = isExpired ? 'expired' : matched > 0 ? 'used' : isWhole && ran ? 'unused' : 'not-run'
    return { ...setting, state, matched }
  })
}
