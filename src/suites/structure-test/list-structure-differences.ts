import type { DeclaredDifference } from '../../model/declared.js'
import { nameCheck } from './name-check.js'
import type { StructureSuite } from './structure-suite.js'

/** The differences that a file declares, each with the checks that it is about. `file` is relative to the root. */
export function listStructureDifferences(file: string, suite: StructureSuite): DeclaredDifference[] {
  return [
    ...suite.differences.map(each => ({ ...each, check: `^${escapePattern(file)} > ` })),
    ...suite.checks.flatMap(check => nameDifferences(file, nameCheck(check), check.differences)),
  ]
}

/** The differences that one check of a file declares. */
export function nameDifferences(
  file: string,
  name: string,
  differences: readonly DeclaredDifference[] = [],
): DeclaredDifference[] {
  // Checks of one name are told apart by a number.
  const check = `^${escapePattern(`${file} > ${name}`)}(?: #\\d+)?$`
  return differences.map(each => ({ ...each, check }))
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
