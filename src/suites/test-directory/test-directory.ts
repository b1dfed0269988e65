import type { OwnKeys } from '../structure-test/structure-suite.js'

/** A directory with a `run.sh` that takes an image; plain data. */
export interface TestDirectory {
  /** The script, relative to the root. */
  readonly script: string
  readonly checks: readonly [TestDirectoryCheck]
}

/** Its one check. */
export interface TestDirectoryCheck extends OwnKeys {
  /** That of the directory. */
  readonly name: string
  readonly line: 1
  /** Text of `expected-std-out.txt`, where there is one. */
  readonly expected?: string
}
