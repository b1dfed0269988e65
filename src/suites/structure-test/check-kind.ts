import type { FieldName } from '../../model/declared.js'
import type { SuiteValue } from '../suite-value.js'
import type { SchemaVersion, StructureCheck } from './structure-suite.js'

/** The keys that one test has in the file. */
export type Entries = ReadonlyMap<string, SuiteValue>

/** One kind of test: its keys, and how they are read. A new kind is a file with one of these and a line in the list. */
export interface CheckKind {
  /** Its key in the file. */
  readonly key: string
  /** Whether there is a list of such tests, or one. */
  readonly isList: boolean
  /** Schema versions that know it. */
  readonly versions: readonly SchemaVersion[]
  /** Keys of a test, beside those that every test may have. */
  listKeys(version: SchemaVersion): readonly string[]
  /** Those that say what is expected, which may differ per platform, with the field that then differs too. */
  readonly expectations: Readonly<Record<string, FieldName | undefined>>
  /** Reads a test. `value` is the test as a whole, for errors. */
  read(entries: Entries, value: SuiteValue, version: SchemaVersion): StructureCheck
}
