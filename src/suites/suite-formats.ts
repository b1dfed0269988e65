import type { DeclaredDifference } from '../model/declared.js'
import { readDocument } from './read-document.js'
import { listStructureDifferences } from './structure-test/list-structure-differences.js'
import { readStructureSuite } from './structure-test/read-structure-suite.js'
import type { StructureSuite } from './structure-test/structure-suite.js'

/** A suite that is data: what reads it, and what runs its checks. A new format is a line here and a runner. */
export interface DeclaredSuite {
  readonly format: 'structure-test'
  readonly suite: StructureSuite
}

/** Whether a file is a suite that is data rather than code. */
export const isDeclaredSuite = (file: string): boolean => /\.(ya?ml|json)$/.test(file)

/**
 * Reads a declared suite. `file` is the name that errors carry, relative to the root.
 * Throws SUITE_INVALID with file and line.
 */
export function readDeclaredSuite(
  file: string,
  text: string,
  warn: (message: string) => void = () => {},
): DeclaredSuite {
  return { format: 'structure-test', suite: readStructureSuite(readDocument(file, text, warn)) }
}

/** The differences between platforms that a declared suite calls legitimate, each with the checks that it is about. */
export function listDifferences(file: string, declared: DeclaredSuite): DeclaredDifference[] {
  return listStructureDifferences(file, declared.suite)
}
