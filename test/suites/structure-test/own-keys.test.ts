import { describe, expect, test } from 'vitest'
import { ArchparityError } from '../../../src/errors.js'
import { listDifferences, readDeclaredSuite } from '../../../src/suites/suite-formats.js'

function read(text: string) {
  const declared = readDeclaredSuite('suites/a.yaml', `schemaVersion: 2.0.0\n${text}`)
  if (declared.format !== 'structure-test') throw new Error(declared.format)
  return declared
}

function catchError(text: string): string {
  try {
    read(text)
  } catch (error) {
    expect(error).toBeInstanceOf(ArchparityError)
    return (error as Error).message.replace('suites/a.yaml:', '')
  }
  throw new Error('it was taken')
}

const COMMAND = 'commandTests:\n  - name: x\n    command: ls\n    '

describe('perPlatform', () => {
  test('changes what is expected there, and lets those fields differ there', () => {
    const declared = read(
      `${COMMAND}exitCode: 1\n    perPlatform:\n      linux/arm/v7: { exitCode: 2 }\n      arm64: { expectedOutput: [a], excludedOutput: [b] }\n`,
    )
    const [check] = declared.suite.checks
    expect(check?.perPlatform).toMatchObject([
      { platform: 'linux/arm/v7', check: { exitCode: 2, expectedOutput: [] } },
      { platform: 'linux/arm64', check: { exitCode: 1, expectedOutput: ['a'], excludedOutput: ['b'] } },
    ])
    const common = { reason: 'expected per platform', implied: true, check: expect.any(String) }
    expect(listDifferences('suites/a.yaml', declared)).toEqual([
      { ...common, field: 'exit code', platforms: ['linux/arm/v7'], source: 'suites/a.yaml:7' },
      { ...common, field: 'stdout', platforms: ['linux/arm64'], source: 'suites/a.yaml:8' },
    ])
  })

  test.each([
    [
      'perPlatform: { a/b/c/d: { exitCode: 1 } }',
      '5: commandTests[0].perPlatform.a/b/c/d: "a/b/c/d" is no platform',
    ],
    ['perPlatform: { default: { exitCode: 1 } }', 'default: is no platform: what all others expect'],
    ['perPlatform: { arm64: {} }', 'must change one of exitCode, expectedOutput'],
    ['perPlatform: { arm64: { command: ls } }', 'arm64.command: is not known; known are exitCode'],
    ['perPlatform: { arm64: { exitCode: x } }', 'arm64.exitCode: must be a whole number'],
    ['perPlatform: { arm64: { exitCode: 1 }, linux/arm64: { exitCode: 2 } }', 'linux/arm64 is there twice'],
  ])('%s', (text, problem) => {
    expect(catchError(`${COMMAND}${text}\n`)).toContain(problem)
  })

  test('has no place where nothing is expected', () => {
    expect(catchError('licenseTests:\n  - perPlatform: { arm64: { debian: true } }\n')).toContain(
      'cannot stand in licenseTests',
    )
  })
})

describe('differences', () => {
  test('are about their own test, or about all of the file', () => {
    const declared = read(
      `${COMMAND}differences:\n      - { field: stdout, platforms: [arm64], reason: so be it, expires: 2026-12-31 }\ndifferences:\n  - { contains: clock, reason: it ticks }\n`,
    )
    const [ofFile, ofTest] = listDifferences('suites/a.yaml', declared)
    expect(ofFile).toEqual({
      check: '^suites/a\\.yaml > ',
      contains: 'clock',
      reason: 'it ticks',
      source: 'suites/a.yaml:8',
    })
    expect(ofTest).toEqual({
      check: '^suites/a\\.yaml > Command Test: x(?: #\\d+)?$',
      field: 'stdout',
      platforms: ['linux/arm64'],
      reason: 'so be it',
      expires: '2026-12-31',
      source: 'suites/a.yaml:6',
    })
  })

  test.each([
    ['{ field: stdout }', '6: commandTests[0].differences[0].reason: must be given'],
    ['{ field: output, reason: x }', 'field: must be one of observed, exit code'],
    ['{ pattern: "(?=x)", reason: x }', 'pattern: '],
    ['{ status: true, reason: x }', 'needs platforms beside status'],
    ['{ status: true, platforms: [arm64], field: stdout, reason: x }', 'cannot stand beside status'],
    ['{ expires: 2026-02-30, reason: x }', 'must be a day that there is'],
    ['{ platforms: [], reason: x }', 'must name platforms'],
  ])('%s', (text, problem) => {
    expect(catchError(`${COMMAND}differences:\n      - ${text}\n`)).toContain(problem)
  })
})

describe('tests of the started image', () => {
  test('have defaults', () => {
    const { suite } = read(
      'httpTests: [{ name: a }]\nportTests: [{ port: 80 }]\nlogTests: [{ name: b, expectedLog: [x] }]\nhealthTest:\n  within: 5s\n',
    )
    expect(suite.service).toEqual({})
    expect(suite.checks).toMatchObject([
      { kind: 'http', path: '/', method: 'GET', expectedStatus: [], isolate: false },
      { kind: 'port', name: '80', listening: true },
      { kind: 'log', expectedLog: ['x'], excludedError: [] },
      { kind: 'health', expected: 'healthy', withinMs: 5000, line: 5 },
    ])
    expect(read(`${COMMAND}exitCode: 0\n`).suite).not.toHaveProperty('service')
  })

  test('JSON values keep their types', () => {
    const { suite } = read(
      'httpTests:\n  - name: a\n    expectedJson:\n      - { path: $, value: { a: [1, "1", null, yes] } }\n      - { path: $.b, value: null }\n',
    )
    expect(suite.checks).toMatchObject([
      { expectedJson: [{ value: { a: [1, '1', null, 'yes'] } }, { path: '$.b', value: null, exists: true }] },
    ])
  })

  test.each([
    ['httpTests: [{ name: a, path: x }]', '2: httpTests[0].path: must begin with /'],
    ['httpTests: [{ name: a, path: "/a b" }]', 'must begin with / and hold no space'],
    ['httpTests: [{ path: / }]', 'httpTests[0].name: must be given'],
    ['httpTests: [{ name: a, method: "GET /" }]', 'must be a method of HTTP'],
    ['httpTests: [{ name: a, port: 70000 }]', 'must be a port from 1 to 65535'],
    ['httpTests: [{ name: a, expectedStatus: [20] }]', 'must be a status from 100 to 599'],
    ['httpTests: [{ name: a, headers: [{ key: "a b" }] }]', 'must be the name of a header'],
    ['httpTests: [{ name: a, headers: [{ key: a, value: "x\\r\\ny: z" }] }]', 'must be one line'],
    ['httpTests: [{ name: a, expectedJson: [{ path: "$[" }] }]', '"$[" is no JSONPath'],
    ['httpTests: [{ name: a, expectedJson: [{ path: $, value: 1, exists: true }] }]', 'may have one of'],
    ['httpTests: [{ name: a, within: soon }]', 'must be a number with ms, s, m or h'],
    ['portTests: [{ name: a }]', 'must name a port'],
    ['logTests: [{ name: a }]', 'must expect or exclude something'],
    ['healthTest: { expected: ill }', 'must be one of healthy, unhealthy'],
    ['serviceOptions: { command: [x] }\nportTests: [{ port: 1 }]', 'serviceOptions.command: is not known'],
  ])('%s', (text, problem) => {
    expect(catchError(`${text}\n`)).toContain(problem)
  })

  test('schema 1.0.0 does not know them', () => {
    expect(() => readDeclaredSuite('a.yaml', 'schemaVersion: 1.0.0\nportTests: [{ port: 80 }]\n')).toThrow(
      'portTests: is not known',
    )
  })
})
