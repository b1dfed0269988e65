import {
  readFlag,
  readInteger,
  readItems,
  readTexts,
  rejectValue,
  requireText,
  type SuiteValue,
} from '../suite-value.js'
import type { CheckKind, Entries } from './check-kind.js'
import { readPatterns, readVariables } from './read-parts.js'

/** `commandTests`: in schema 1.0.0 a command is a list. */
export const commandKind: CheckKind = {
  key: 'commandTests',
  isList: true,
  versions: ['1.0.0', '2.0.0'],
  listKeys: version => [
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
    'isolate',
  ],
  expectations: {
    exitCode: 'exit code',
    expectedOutput: 'stdout',
    excludedOutput: 'stdout',
    expectedError: 'stderr',
    excludedError: 'stderr',
  },
  read: (entries, value, version) => {
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
      isolate: readFlag(entries.get('isolate'), false),
    }
  },
}

const readWords = (entries: Entries, value: SuiteValue): string[] => [
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
