import { JSONPathError, jsonpath } from 'json-p3'
import { isScalar } from 'yaml'
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
import type { CheckKind, Entries } from './check-kind.js'
import { readPairs } from './read-metadata.js'
import { readPatterns, requirePattern } from './read-parts.js'
import { readTime } from './read-time.js'
import type { ExpectedJson, Variable } from './structure-suite.js'

const WAITING = ['within', 'isolate'] as const

function readWaiting(entries: Entries): { withinMs?: number; isolate: boolean } {
  const within = entries.get('within')
  return {
    ...(within === undefined ? {} : { withinMs: readTime(within) }),
    isolate: readFlag(entries.get('isolate'), false),
  }
}

/** `httpTests`, a key of our own: one request to the started image. */
export const httpKind: CheckKind = {
  key: 'httpTests',
  isList: true,
  versions: ['2.0.0'],
  listKeys: () => [
    'name',
    'path',
    'port',
    'method',
    'headers',
    'body',
    ...Object.keys(httpKind.expectations),
    ...WAITING,
  ],
  expectations: {
    expectedStatus: 'status',
    expectedHeaders: 'headers',
    excludedHeaders: 'headers',
    expectedBody: 'body',
    excludedBody: 'body',
    expectedJson: 'body',
  },
  read: (entries, value) => {
    const path = readText(entries.get('path')) || '/'
    if (!path.startsWith('/') || /[\s#]/.test(path))
      rejectValue(entries.get('path') ?? value, 'must begin with / and hold no space and no #')
    const method = readText(entries.get('method')) || 'GET'
    if (!/^[A-Za-z]{1,20}$/.test(method))
      rejectValue(entries.get('method') ?? value, 'must be a method of HTTP')
    const port = entries.get('port')
    const body = entries.get('body')
    return {
      kind: 'http',
      name: requireText(entries.get('name'), value, 'name'),
      line: value.line,
      path,
      ...(port === undefined ? {} : { port: readPort(port) }),
      method: method.toUpperCase(),
      headers: readHeaders(entries.get('headers')),
      ...(body === undefined ? {} : { body: readText(body) }),
      expectedStatus: readStatus(entries.get('expectedStatus')),
      expectedHeaders: readPairs(entries.get('expectedHeaders')),
      excludedHeaders: readTexts(entries.get('excludedHeaders')),
      expectedBody: readPatterns(entries.get('expectedBody')),
      excludedBody: readPatterns(entries.get('excludedBody')),
      expectedJson: readItems(entries.get('expectedJson')).map(readExpectedJson),
      ...readWaiting(entries),
    }
  },
}

/** `portTests`, a key of our own: whether a TCP port is reached from outside of the container. */
export const portKind: CheckKind = {
  key: 'portTests',
  isList: true,
  versions: ['2.0.0'],
  listKeys: () => ['name', 'port', 'listening', ...WAITING],
  expectations: { listening: 'value' },
  read: (entries, value) => {
    const port = readPort(entries.get('port') ?? rejectValue(value, 'must name a port'))
    return {
      kind: 'port',
      name: readText(entries.get('name')) || String(port),
      line: value.line,
      port,
      listening: readFlag(entries.get('listening'), true),
      ...readWaiting(entries),
    }
  },
}

/** `logTests`, a key of our own: what the image's own command writes. */
export const logKind: CheckKind = {
  key: 'logTests',
  isList: true,
  versions: ['2.0.0'],
  listKeys: () => ['name', ...Object.keys(logKind.expectations), ...WAITING],
  expectations: {
    expectedLog: 'value',
    excludedLog: 'value',
    expectedOutput: 'value',
    excludedOutput: 'value',
    expectedError: 'value',
    excludedError: 'value',
  },
  read: (entries, value) => {
    if (!Object.keys(logKind.expectations).some(key => readItems(entries.get(key)).length > 0))
      rejectValue(value, `must expect or exclude something: ${Object.keys(logKind.expectations).join(', ')}`)
    return {
      kind: 'log',
      name: requireText(entries.get('name'), value, 'name'),
      line: value.line,
      expectedLog: readPatterns(entries.get('expectedLog')),
      excludedLog: readPatterns(entries.get('excludedLog')),
      expectedOutput: readPatterns(entries.get('expectedOutput')),
      excludedOutput: readPatterns(entries.get('excludedOutput')),
      expectedError: readPatterns(entries.get('expectedError')),
      excludedError: readPatterns(entries.get('excludedError')),
      ...readWaiting(entries),
    }
  },
}

/** `healthTest`, a key of our own: what the image's own health check says. */
export const healthKind: CheckKind = {
  key: 'healthTest',
  isList: false,
  versions: ['2.0.0'],
  listKeys: () => ['expected', ...WAITING],
  expectations: { expected: 'value' },
  read: (entries, value) => ({
    kind: 'health',
    name: '',
    line: value.line,
    expected: readChoice(entries.get('expected'), ['healthy', 'unhealthy']) ?? 'healthy',
    ...readWaiting(entries),
  }),
}

function readPort(value: SuiteValue): number {
  const port = readInteger(value) ?? 0
  return port >= 1 && port <= 65535 ? port : rejectValue(value, 'must be a port from 1 to 65535')
}

function readHeaders(value: SuiteValue | undefined): Variable[] {
  return readItems(value).map(each => {
    const entries = readEntries(each, ['key', 'value'])
    const key = requireText(entries.get('key'), each, 'key')
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(key))
      rejectValue(entries.get('key') ?? each, 'must be the name of a header')
    const text = readText(entries.get('value'))
    if (/[\r\n\0]/.test(text)) rejectValue(entries.get('value') ?? each, 'must be one line')
    return { key, value: text }
  })
}

/** One status or a list of them. */
function readStatus(value: SuiteValue | undefined): number[] {
  if (value === undefined) return []
  const each = isScalar(value.node) ? [value] : readItems(value)
  return each.map(one => {
    const status = readInteger(one) ?? 0
    return status >= 100 && status <= 599 ? status : rejectValue(one, 'must be a status from 100 to 599')
  })
}

function readExpectedJson(value: SuiteValue): ExpectedJson {
  const entries = readEntries(value, ['path', 'value', 'pattern', 'exists'])
  const path = requireText(entries.get('path'), value, 'path')
  try {
    jsonpath.compile(path)
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error
    rejectValue(
      entries.get('path') ?? value,
      `${JSON.stringify(path)} is no JSONPath: ${error.message}`,
      'Paths have the syntax of RFC 9535: $.items[0].name',
    )
  }
  const expected = entries.get('value')
  const pattern = entries.get('pattern')
  const exists = entries.get('exists')
  if ([expected, pattern, exists].filter(each => each !== undefined).length > 1)
    rejectValue(value, 'may have one of value, pattern and exists')
  return {
    path,
    ...(expected === undefined ? {} : { value: readJson(expected) }),
    ...(pattern === undefined ? {} : { pattern: requirePattern(pattern, readText(pattern)) }),
    exists: readFlag(exists, true),
  }
}

/** Any value, as YAML types it. */
function readJson(value: SuiteValue): unknown {
  return JSON.parse(JSON.stringify(value.source.toJson(value.node) ?? null))
}
