import type { DeclaredDifference } from '../model/declared.js'
import type { GossSuite } from './goss/goss-suite.js'
import { readGossFile } from './goss/read-goss-file.js'
import { readDocument } from './read-document.js'
import { recogniseFormat } from './recognise-format.js'
import { listStructureDifferences, nameDifferences } from './structure-test/list-structure-differences.js'
import { readStructureSuite } from './structure-test/read-structure-suite.js'
import type { StructureSuite } from './structure-test/structure-suite.js'
import { NO_SURROUNDINGS, type Surroundings } from './surroundings.js'
import { readTestDirectory } from './test-directory/read-test-directory.js'
import type { TestDirectory } from './test-directory/test-directory.js'

/** A suite that is data: what reads it, and what runs its checks. A new format is a line here and a runner. */
export type DeclaredSuite =
  | { readonly format: 'structure-test'; readonly suite: StructureSuite }
  | { readonly format: 'goss'; readonly suite: GossSuite }
  | { readonly format: 'test-directory'; readonly suite: TestDirectory }

/** Whether a file is a suite that is data rather than code. */
export const isDeclaredSuite = (file: string): boolean => /\.(ya?ml|json)$/.test(file) || isScript(file)

const isScript = (file: string): boolean => /(^|[/\\])run\.sh$/.test(file)

/**
 * Reads a declared suite. `file` is the name that errors carry, relative to the root.
 * Throws SUITE_INVALID with file and line.
 */
export function readDeclaredSuite(
  file: string,
  text: string,
  warn: (message: string) => void = () => {},
  surroundings: Surroundings = NO_SURROUNDINGS,
): DeclaredSuite {
  if (isScript(file)) return { format: 'test-directory', suite: readTestDirectory(file, text, surroundings) }
  const format = recogniseFormat(file, text)
  if (format === 'goss') return { format, suite: readGossFile(file, text, surroundings, warn) }
  return { format, suite: readStructureSuite(readDocument(file, text, warn)) }
}

/** The differences between platforms that a declared suite calls legitimate, each with the checks that it is about. */
export function listDifferences(file: string, declared: DeclaredSuite): DeclaredDifference[] {
  if (declared.format === 'goss') return []
  if (declared.format === 'structure-test') return listStructureDifferences(file, declared.suite)
  const [check] = declared.suite.checks
  return nameDifferences(file, check.name, check.differences)
}
