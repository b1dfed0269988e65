import { describe, expect, test } from 'vitest'
import { ArchparityError } from '../../../src/errors.js'
import { readDeclaredSuite } from '../../../src/suites/suite-formats.js'

const read = (text: string, file = 'suites/a.yaml') => readDeclaredSuite(file, text).suite

function catchError(text: string, file?: string): string {
  try {
    read(text, file)
  } catch (error) {
    expect(error).toBeInstanceOf(ArchparityError)
    expect((error as ArchparityError).code).toBe('SUITE_INVALID')
    return (error as ArchparityError).message
  }
  throw new Error('it was taken')
}

const V2 = 'schemaVersion: "2.0.0"\n'
const NAME = `${V2}commandTests:\n  - name: x\n    command: ls\n`

describe('what it takes', () => {
  test('scalars as texts by the way they are written, as Go’s reader does', () => {
    const suite = read(`${V2}metadataTest:\n  exposedPorts: [8080, 0x10, yes, 1.50]\n  workdir: 007\n`)
    expect(suite.checks).toMatchObject([{ exposedPorts: ['8080', '0x10', 'yes', '1.50'], workdir: '007' }])
  })

  test('booleans in the words of YAML 1.1', () => {
    const suite = read(
      `${V2}fileExistenceTests:\n  - { name: a, path: /a, shouldExist: no }\n  - { name: b, path: /b, shouldExist: True }\n`,
    )
    expect(suite.checks).toMatchObject([{ shouldExist: false }, { shouldExist: true }])
  })

  test('anchors, aliases and merge keys', () => {
    const suite = read(
      `${V2}commandTests:\n  - &one { name: a, command: ls, exitCode: 2 }\n  - { <<: *one, name: b }\n`,
    )
    expect(suite.checks).toMatchObject([
      { name: 'a', exitCode: 2, line: 3 },
      { name: 'b', exitCode: 2, command: ['ls'], line: 4 },
    ])
  })

  test('checks stand in the order of their lines', () => {
    const suite = read(
      `${V2}fileExistenceTests:\n  - { name: first, path: / }\ncommandTests:\n  - { name: second, command: ls }\n`,
    )
    expect(suite.checks.map(({ name, line }) => `${name} ${line}`)).toEqual(['first 3', 'second 5'])
  })

  test('JSON with keys in any case, and says which it does not know', () => {
    const warnings: string[] = []
    const text = '{"SCHEMAVERSION": "2.0.0",\n"commandTests": [{"Name": "a", "command": "ls", "typo": 1}]}'
    const { suite } = readDeclaredSuite('a.json', text, message => warnings.push(message))
    expect(suite.checks).toMatchObject([{ name: 'a', line: 2 }])
    expect(warnings).toEqual(['a.json:2: commandTests[0].typo means nothing here and is ignored'])
  })

  test('what Go’s JSON reader takes for false', () => {
    const text = '{"schemaVersion": "2.0.0", "fileExistenceTests": [{"name": "a", "path": "/a"}]}'
    expect(read(text, 'a.json').checks).toMatchObject([{ shouldExist: false }])
  })
})

test.each([
  ['commandTests: []\n', 'suites/a.yaml:1: schemaVersion: must be given'],
  ['schemaVersion: 3\n', 'suites/a.yaml:1: schemaVersion: "3" is not supported'],
  [V2, 'suites/a.yaml:1: declares no test'],
  [`${V2}commandTest: []\n`, 'suites/a.yaml:2: commandTest: is not known'],
  [`${NAME}    exitcode: 1\n`, 'suites/a.yaml:5: commandTests[0].exitcode: is not known'],
  [`${NAME}    name: y\n`, 'suites/a.yaml:5: Map keys must be unique'],
  [`${V2}commandTests:\n  - command: ls\n`, 'suites/a.yaml:3: commandTests[0].name: must be given'],
  [`${V2}commandTests:\n  - name: x\n`, 'suites/a.yaml:3: commandTests[0].command: must be given'],
  [`${NAME}    setup: [[]]\n`, 'suites/a.yaml:5: commandTests[0].setup[0]: must not be an empty command'],
  [
    `${NAME}    teardown: [[]]\n`,
    'suites/a.yaml:5: commandTests[0].teardown[0]: must not be an empty command',
  ],
  [`${NAME}    exitCode: "1"\n`, 'suites/a.yaml:5: commandTests[0].exitCode: must be a whole number'],
  [`${NAME}    args: ls\n`, 'suites/a.yaml:5: commandTests[0].args: must be a list'],
  [`${NAME}    envVars: [{ key: A }]\n`, 'suites/a.yaml:5: commandTests[0].envVars[0].value: must be given'],
  [
    `${NAME}    envVars: [{ key: A=B, value: x }]\n`,
    'suites/a.yaml:5: commandTests[0].envVars[0].key: must not',
  ],
  [`${NAME}    expectedOutput: ['(']\n`, 'suites/a.yaml:5: commandTests[0].expectedOutput[0]: '],
  [`${NAME}    expectedOutput: ['(?=x)']\n`, 'suites/a.yaml:5: commandTests[0].expectedOutput[0]: '],
  [`${V2}fileExistenceTests:\n  - name: x\n`, 'suites/a.yaml:3: fileExistenceTests[0].path: must be given'],
  [
    `${V2}fileExistenceTests:\n  - { name: x, path: /, isExecutableBy: me }\n`,
    'suites/a.yaml:3: fileExistenceTests[0].isExecutableBy: must be one of',
  ],
  [
    `${V2}fileExistenceTests:\n  - { name: x, path: /, shouldExist: maybe }\n`,
    'suites/a.yaml:3: fileExistenceTests[0].shouldExist: must be true or false',
  ],
  [
    `${V2}metadataTest: { envVars: [{ key: A, value: '[', isRegex: true }] }\n`,
    'suites/a.yaml:2: metadataTest.envVars[0].value: ',
  ],
  ['schemaVersion: 1.0.0\nmetadataTest: {}\n', 'suites/a.yaml:2: metadataTest: is not known'],
  [
    `${V2}containerRunOptions: { bindMounts: [x] }\n`,
    'suites/a.yaml:2: containerRunOptions.bindMounts[0]: must be',
  ],
  ['a: [1,\n', 'suites/a.yaml:2: '],
  ['just a text\n', 'suites/a.yaml:1: must be a mapping'],
])('%j is rejected with its line', (text, message) => {
  expect(catchError(text).slice(0, message.length)).toBe(message)
})

test('JSON with a mistake is rejected with its line', () => {
  expect(catchError('{\n"schemaVersion": "2.0.0",\n}', 'a.json')).toMatch(/^a\.json:3: /)
})

test('an alias bomb is rejected and takes no memory', () => {
  const levels = Array.from(
    { length: 12 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`)}]`,
  )
  expect(catchError(`a0: &a0 [x]\n${levels.join('\n')}\n`)).toMatch(/^suites\/a\.yaml:1: /)
})
