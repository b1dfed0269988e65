import { readEntries, readItems, readText, rejectValue, type SuiteValue } from '../suite-value.js'
import type { CheckKind } from './check-kind.js'
import { readCheck } from './read-check.js'
import { commandKind } from './read-command-check.js'
import { readDifferences } from './read-differences.js'
import { fileContentKind, fileExistenceKind, licenseKind } from './read-file-checks.js'
import { metadataKind } from './read-metadata.js'
import { readVariables } from './read-parts.js'
import { readRunOptions, readServiceOptions } from './read-run-options.js'
import { healthKind, httpKind, logKind, portKind } from './read-service-checks.js'
import { isServiceCheck, type SchemaVersion, type StructureSuite } from './structure-suite.js'

/** In the order in which errors name them. */
export const CHECK_KINDS: readonly CheckKind[] = [
  commandKind,
  fileExistenceKind,
  fileContentKind,
  metadataKind,
  licenseKind,
  httpKind,
  portKind,
  logKind,
  healthKind,
]

/** Keys of a file that declare no test. */
export const SHARED_KEYS: Readonly<Record<SchemaVersion, readonly string[]>> = {
  '1.0.0': ['schemaVersion', 'globalEnvVars', 'differences'],
  '2.0.0': ['schemaVersion', 'globalEnvVars', 'containerRunOptions', 'serviceOptions', 'differences'],
}

/**
 * Reads a file of container-structure-test, schema 1.0.0 or 2.0.0
 * (github.com/GoogleContainerTools/container-structure-test, README), with the keys of our own. Throws SUITE_INVALID with
 * the line for what neither knows.
 */
export function readStructureSuite(document: SuiteValue): StructureSuite {
  const schemaVersion = readVersion(document)
  const kinds = CHECK_KINDS.filter(({ versions }) => versions.includes(schemaVersion))
  const entries = readEntries(document, [...SHARED_KEYS[schemaVersion], ...kinds.map(({ key }) => key)])
  const checks = kinds.flatMap(kind => {
    const value = entries.get(kind.key)
    const values = kind.isList ? readItems(value) : value === undefined ? [] : [value]
    return values.map(each => readCheck(kind, each, schemaVersion))
  })
  const run = readRunOptions(entries.get('containerRunOptions'))
  const globalEnv = readVariables(entries.get('globalEnvVars'))
  const service = readServiceOptions(entries.get('serviceOptions'))
  const differences = entries.get('differences')
  if (checks.length === 0)
    rejectValue(document, 'declares no test', `Add one of ${kinds.map(({ key }) => key).join(', ')}.`)
  return {
    schemaVersion,
    globalEnv,
    run,
    ...(checks.some(isServiceCheck) ? { service } : {}),
    differences: differences === undefined ? [] : readDifferences(differences),
    // The order of their lines: each starts from the image as pushed, so none can tell.
    checks: checks.sort((a, b) => a.line - b.line),
  }
}

function readVersion(document: SuiteValue): SchemaVersion {
  const value = readEntries({ ...document, source: { ...document.source, syntax: 'json', warn: () => {} } }, [
    'schemaVersion',
  ]).get('schemaVersion')
  const version = value === undefined ? '' : readText({ ...value, source: document.source })
  if (version === '1.0.0' || version === '2.0.0') return version
  return rejectValue(
    value ?? { ...document, key: 'schemaVersion' },
    version === '' ? 'must be given' : `${JSON.stringify(version)} is not supported`,
    'Write schemaVersion: "2.0.0".',
  )
}
