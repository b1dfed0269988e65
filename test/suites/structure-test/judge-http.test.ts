import { expect, test } from 'vitest'
import { judgeHttp } from '../../../src/suites/structure-test/judge-http.js'
import type { HttpCheck } from '../../../src/suites/structure-test/structure-suite.js'

const CHECK: HttpCheck = {
  kind: 'http',
  name: 'x',
  line: 1,
  path: '/',
  method: 'GET',
  headers: [],
  expectedStatus: [],
  expectedHeaders: [],
  excludedHeaders: [],
  expectedBody: [],
  excludedBody: [],
  expectedJson: [],
  isolate: false,
}

const ANSWER = {
  status: 200,
  headers: { 'content-type': 'text/plain', server: 'x' },
  body: Buffer.from('{"a":{"b":[1,"two"]},"a":{"b":[1,"two"]},"n":null,"ok":true}'),
}

test.each<[string, Partial<HttpCheck>, string[]]>([
  ['nothing asked', {}, []],
  [
    'a header in any case',
    { expectedHeaders: [{ key: 'Content-Type', value: '^text/', isRegex: true }] },
    [],
  ],
  ['a number', { expectedJson: [{ path: '$.a.b[0]', value: 1, exists: true }] }, []],
  ['one of several', { expectedJson: [{ path: '$.a.b[*]', value: 'two', exists: true }] }, []],
  ['null is something', { expectedJson: [{ path: '$.n', exists: true }] }, []],
  ['a pattern of a number', { expectedJson: [{ path: '$.a.b[0]', pattern: '^1$', exists: true }] }, []],
  [
    'a text is no number',
    { expectedJson: [{ path: '$.a.b[0]', value: '1', exists: true }] },
    ['$.a.b[0] of the body is 1, expected "1"'],
  ],
  [
    'several found',
    { expectedJson: [{ path: '$.a.b[*]', pattern: '^three', exists: true }] },
    ['$.a.b[*] of the body is [1,"two"], does not match "^three"'],
  ],
  [
    'nothing found',
    { expectedJson: [{ path: '$.x', value: null, exists: true }] },
    ['$.x of the body is nothing, expected null'],
  ],
  [
    'a status, a header, a body',
    {
      expectedStatus: [404, 410],
      expectedHeaders: [{ key: 'Server', value: 'y', isRegex: false }],
      excludedHeaders: ['Server'],
      excludedBody: ['two'],
    },
    [
      'status is 200, expected 404 or 410',
      'header Server is "x", expected "y"',
      'header Server is there and should not be',
      expect.stringContaining('body matches "two", which is excluded; body is "{'),
    ],
  ],
])('%s', (_, changes, problems) => {
  expect(judgeHttp({ ...CHECK, ...changes }, ANSWER)).toEqual(problems)
})

test('a status of success is any 2xx', () => {
  expect(judgeHttp(CHECK, { ...ANSWER, status: 204 })).toEqual([])
  expect(judgeHttp(CHECK, { ...ANSWER, status: 302 })).toEqual(['status is 302, expected 2xx'])
})

test('a body that is nested deeper than anybody means is told, whatever is asked of it', () => {
  const body = Buffer.from(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`)
  const check: HttpCheck = { ...CHECK, expectedJson: [{ path: '$..x', value: 1, exists: true }] }
  expect(judgeHttp(check, { ...ANSWER, body })).toEqual([expect.stringMatching(/^(\$\.\.x of the )?body /)])
})
