import { expect, test } from 'vitest'
import { judgeLog, listMatches } from '../../../src/suites/structure-test/judge-log.js'
import type { LogCheck } from '../../../src/suites/structure-test/structure-suite.js'

const CHECK: LogCheck = {
  kind: 'log',
  name: 'x',
  line: 1,
  expectedLog: [],
  excludedLog: [],
  expectedOutput: [],
  excludedOutput: [],
  expectedError: [],
  excludedError: [],
  isolate: false,
}

const WRITTEN = { stdout: Buffer.from('version 1.4\n'), stderr: Buffer.from('café ready\n') }

test('patterns of the log are in either stream, the others in their own', () => {
  expect(
    judgeLog({ ...CHECK, expectedLog: ['version', 'ready'], expectedError: ['^café'] }, WRITTEN),
  ).toEqual([])
  expect(judgeLog({ ...CHECK, expectedOutput: ['ready'], excludedError: ['ready'] }, WRITTEN)).toEqual([
    'stdout does not match "ready"; stdout is "version 1.4\\n"',
    'stderr matches "ready", which is excluded; stderr is "café ready\\n"',
  ])
})

test('what is compared is what the expected patterns found', () => {
  const check = { ...CHECK, expectedLog: ['version \\d+\\.\\d+', 'nothing'], expectedError: ['caf.'] }
  expect(listMatches(check, WRITTEN)).toEqual({
    'version \\d+\\.\\d+': 'version 1.4',
    nothing: null,
    'caf.': 'café',
  })
})
