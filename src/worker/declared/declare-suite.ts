import type { DeclaredSuite } from '../../suites/suite-formats.js'
import { createGossRunner } from '../goss/goss-runner.js'
import { createStructureRunner } from '../structure-test/structure-runner.js'
import { createDirectoryRunner } from '../test-directory/directory-runner.js'

/** Of each format, what declares its checks to vitest. */
const RUNNERS = {
  'structure-test': createStructureRunner,
  goss: createGossRunner,
  'test-directory': createDirectoryRunner,
} as const

/**
 * Begins a declared suite: the module that a suite file becomes calls it once, with what the file says of all of its
 * checks, and the result with each check.
 */
export function declareSuite<Format extends DeclaredSuite['format']>(
  format: Format,
  shared: Parameters<(typeof RUNNERS)[Format]>[0],
): ReturnType<(typeof RUNNERS)[Format]> {
  const run = RUNNERS[format] as (shared: unknown) => unknown
  return run(shared) as ReturnType<(typeof RUNNERS)[Format]>
}
