import { expect, test } from 'vitest'
import { listDifferences, readDeclaredSuite } from '../../../src/suites/suite-formats.js'

const SCRIPT = '#!/bin/sh\ntrue\n'

function read(files: Readonly<Record<string, string>>, text = SCRIPT) {
  const surroundings = { env: {}, listFiles: () => [], readText: (file: string) => files[file] }
  return readDeclaredSuite('test/tests/hello/run.sh', text, () => {}, surroundings)
}

test('a directory is one check of its name', () => {
  expect(read({})).toEqual({
    format: 'test-directory',
    suite: { script: 'test/tests/hello/run.sh', checks: [{ name: 'hello', line: 1 }] },
  })
  const { suite } = read({ 'test/tests/hello/expected-std-out.txt': '' })
  expect(suite.checks).toMatchObject([{ expected: '' }])
})

test('what stands beside the script', () => {
  const keys =
    'timeout: 90s\nskip:\n  - { platforms: [arm64], reason: slow }\ndifferences:\n  - { field: stdout, reason: so be it }\n'
  const declared = read({ 'test/tests/hello/archparity.yaml': keys })
  expect(declared.suite.checks).toMatchObject([
    { timeoutMs: 90_000, skip: [{ platforms: ['linux/arm64'], reason: 'slow' }] },
  ])
  expect(listDifferences('test/tests/hello/run.sh', declared)).toEqual([
    {
      check: '^test/tests/hello/run\\.sh > hello(?: #\\d+)?$',
      field: 'stdout',
      reason: 'so be it',
      source: 'test/tests/hello/archparity.yaml:5',
    },
  ])
})

test('mistakes are told with file and line', () => {
  expect(() => read({ 'test/tests/hello/archparity.yaml': 'timeout: 1s\nskipp: x\n' })).toThrow(
    'test/tests/hello/archparity.yaml:2: skipp: is not known',
  )
  expect(() => read({}, '\n')).toThrow('test/tests/hello/run.sh:1: the script is empty')
})
