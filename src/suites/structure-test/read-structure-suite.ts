import {
  readChoice,
  readEntries,
  readFlag,
  readInteger,
  readItems,
  readText,
  readTexts,
  rejectValue,
  requireText,
  type SuiteValue,
} from '../suite-value.js'
import { readMetadataCheck } from './read-metadata.js'
import { readPatterns, readVariables } from './read-parts.js'
import type {
  CommandCheck,
  ContainerRunOptions,
  FileContentCheck,
  FileExistenceCheck,
  LicenseCheck,
  StructureSuite,
} from './structure-suite.js'

const KEYS = {
  '1.0.0': [
    'schemaVersion',
    'globalEnvVars',
    'commandTests',
    'fileExistenceTests',
    'fileContentTests',
    'licenseTests',
  ],
  '2.0.0': [
    'schemaVersion',
    'globalEnvVars',
    'commandTests',
    'fileExistenceTests',
    'fileContentTests',
    'metadataTest',
    'licenseTests',
    'containerRunOptions',
  ],
} as const

/**
 * Reads a file of container-structure-test, schema 1.0.0 or 2.0.0
 * (github.com/GoogleContainerTools/container-structure-test, README). Throws SUITE_INVALID with the line for what that
 * tool would not take.
 */
export function readStructureSuite(document: SuiteValue): StructureSuite {
  const schemaVersion = readVersion(document)
  const entries = readEntries(document, KEYS[schemaVersion])
  const listOf = <Check>(key: string, read: (value: SuiteValue) => Check) =>
    readItems(entries.get(key)).map(read)
  const metadata = entries.get('metadataTest')
  const checks = [
    ...listOf('commandTests', value => readCommandCheck(value, schemaVersion)),
    ...listOf('fileExistenceTests', value => readFileExistenceCheck(value, schemaVersion)),
    ...listOf('fileContentTests', readFileContentCheck),
    ...(metadata === undefined ? [] : [readMetadataCheck(metadata)]),
    ...listOf('licenseTests', readLicenseCheck),
  ]
  const run = readRunOptions(entries.get('containerRunOptions'))
  const globalEnv = readVariables(entries.get('globalEnvVars'))
  if (checks.length === 0)
    rejectValue(
      document,
      'declares no test',
      'Add commandTests, fileExistenceTests, fileContentTests or metadataTest.',
    )
  return {
    schemaVersion,
    globalEnv,
    run,
    // The order of their lines: each starts from the image as pushed, so none can tell.
    checks: checks.sort((a, b) => a.line - b.line),
  }
}

function readVersion(document: SuiteValue): StructureSuite['schemaVersion'] {
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

function readCommandCheck(value: SuiteValue, version: StructureSuite['schemaVersion']): CommandCheck {
  const entries = readEntries(value, [
    'name',
    'setup',
    'teardown',
    'envVars',
    'exitCode',
    'command',
    ...(version === '1.0.0' ? [] : ['args']),
    'expectedOutput',
    'excludedOutput',
    'expectedError',
    'excludedError',
  ])
  const name = requireText(entries.get('name'), value, 'name')
  // Read for its errors alone: that tool never ran it for images, since each test's container is thrown away.
  readCommands(entries.get('teardown'))
  return {
    kind: 'command',
    name,
    line: value.line,
    setup: readCommands(entries.get('setup')),
    env: readVariables(entries.get('envVars')),
    command: version === '1.0.0' ? readVector(entries.get('command'), value) : readWords(entries, value),
    exitCode: readInteger(entries.get('exitCode')) ?? 0,
    expectedOutput: readPatterns(entries.get('expectedOutput')),
    excludedOutput: readPatterns(entries.get('excludedOutput')),
    expectedError: readPatterns(entries.get('expectedError')),
    excludedError: readPatterns(entries.get('excludedError')),
  }
}

const readWords = (entries: ReadonlyMap<string, SuiteValue>, value: SuiteValue): string[] => [
  requireText(entries.get('command'), value, 'command'),
  ...readTexts(entries.get('args')),
]

function readVector(value: SuiteValue | undefined, parent: SuiteValue): string[] {
  const words = readTexts(value)
  if (words.length === 0)
    rejectValue(value ?? { ...parent, key: `${parent.key}.command` }, 'must name a command')
  return words
}

function readCommands(value: SuiteValue | undefined): string[][] {
  return readItems(value).map(each => {
    const words = readTexts(each)
    return words.length > 0 ? words : rejectValue(each, 'must not be an empty command')
  })
}

function readFileExistenceCheck(
  value: SuiteValue,
  version: StructureSuite['schemaVersion'],
): FileExistenceCheck {
  const entries = readEntries(value, [
    'name',
    'path',
    'shouldExist',
    'permissions',
    ...(version === '1.0.0' ? [] : ['uid', 'gid', 'isExecutableBy']),
  ])
  const permissions = readText(entries.get('permissions'))
  const uid = readInteger(entries.get('uid'))
  const gid = readInteger(entries.get('gid'))
  const isExecutableBy = readChoice(entries.get('isExecutableBy'), ['owner', 'group', 'other', 'any'])
  return {
    kind: 'file-existence',
    name: requireText(entries.get('name'), value, 'name'),
    line: value.line,
    path: requireText(entries.get('path'), value, 'path'),
    // Go's YAML reader is told to take it for true, its JSON reader is not.
    shouldExist: readFlag(entries.get('shouldExist'), value.source.syntax === 'yaml'),
    ...(permissions === '' ? {} : { permissions }),
    ...(uid === undefined || uid === -1 ? {} : { uid }),
    ...(gid === undefined || gid === -1 ? {} : { gid }),
    ...(isExecutableBy === undefined ? {} : { isExecutableBy }),
  }
}

function readFileContentCheck(value: SuiteValue): FileContentCheck {
  const entries = readEntries(value, ['name', 'path', 'expectedContents', 'excludedContents'])
  return {
    kind: 'file-content',
    name: requireText(entries.get('name'), value, 'name'),
    line: value.line,
    path: requireText(entries.get('path'), value, 'path'),
    expectedContents: readPatterns(entries.get('expectedContents')),
    excludedContents: readPatterns(entries.get('excludedContents')),
  }
}

function readLicenseCheck(value: SuiteValue): LicenseCheck {
  const entries = readEntries(value, ['debian', 'files'])
  return {
    kind: 'license',
    name: '',
    line: value.line,
    debian: readFlag(entries.get('debian'), false),
    files: readTexts(entries.get('files')),
  }
}

function readRunOptions(value: SuiteValue | undefined): ContainerRunOptions {
  const entries =
    value === undefined
      ? new Map<string, SuiteValue>()
      : readEntries(value, [
          'user',
          'privileged',
          'allocateTty',
          'envFile',
          'envVars',
          'capabilities',
          'bindMounts',
        ])
  const user = readText(entries.get('user'))
  const envFile = readText(entries.get('envFile'))
  for (const each of readItems(entries.get('bindMounts')))
    if (!/^[^:]+:\/[^:]*(:[\w,]+)?$/.test(readText(each)))
      rejectValue(each, 'must be /host/path:/container/path[:ro]')
  return {
    ...(user === '' ? {} : { user }),
    privileged: readFlag(entries.get('privileged'), false),
    allocateTty: readFlag(entries.get('allocateTty'), false),
    ...(envFile === '' ? {} : { envFile }),
    envVars: readTexts(entries.get('envVars')),
    capabilities: readTexts(entries.get('capabilities')),
    bindMounts: readTexts(entries.get('bindMounts')),
  }
}
