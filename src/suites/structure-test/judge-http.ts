import { isDeepStrictEqual } from 'node:util'
import { jsonpath } from 'json-p3'
import { compilePattern } from '../compile-pattern.js'
import { judgePatterns } from './judge-output.js'
import type { ExpectedJson, ExpectedPair, HttpCheck } from './structure-suite.js'

/** An answer, as far as a check asks. Names of headers are in small letters. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Everything in which an answer is not what its check expects, one sentence each; empty where it holds. */
export function judgeHttp(check: HttpCheck, { status, headers, body }: HttpAnswer): string[] {
  return [
    ...judgeStatus(check.expectedStatus, status),
    ...check.expectedHeaders.flatMap(each => judgeHeader(each, headers)),
    ...check.excludedHeaders
      .filter(name => headers[name.toLowerCase()] !== undefined)
      .map(name => `header ${name} is there and should not be`),
    ...judgeJson(check.expectedJson, body),
    ...judgePatterns('body', body, check.expectedBody, check.excludedBody),
  ]
}

function judgeStatus(expected: readonly number[], status: number): string[] {
  const holds = expected.length === 0 ? status >= 200 && status <= 299 : expected.includes(status)
  return holds
    ? []
    : [`status is ${status}, expected ${expected.length === 0 ? '2xx' : expected.join(' or ')}`]
}

function judgeHeader(
  { key, value, isRegex }: ExpectedPair,
  headers: Readonly<Record<string, string>>,
): string[] {
  const found = headers[key.toLowerCase()]
  if (found === undefined) return [`header ${key} is not there`]
  if (isRegex ? compilePattern(value).matches(found) : found === value) return []
  return [
    `header ${key} is ${JSON.stringify(found)}, ${isRegex ? 'does not match' : 'expected'} ${JSON.stringify(value)}`,
  ]
}

function judgeJson(expected: readonly ExpectedJson[], body: Uint8Array): string[] {
  if (expected.length === 0) return []
  let parsed: ReturnType<typeof JSON.parse>
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return ['body is no JSON']
  }
  return expected.flatMap(each => {
    try {
      return judgePath(each, parsed)
    } catch (error) {
      // What is nested deeper than anybody means is told by a limit.
      return [`${each.path} of the body cannot be asked: ${(error as Error).message}`]
    }
  })
}

function judgePath(expected: ExpectedJson, parsed: ReturnType<typeof JSON.parse>): string[] {
  const { path, value, pattern, exists } = expected
  const found: unknown[] = jsonpath.query(path, parsed).values()
  const shown = found.length === 0 ? 'nothing' : showJson(found.length === 1 ? found[0] : found)
  if (value !== undefined)
    return found.some(each => isDeepStrictEqual(each, value))
      ? []
      : [`${path} of the body is ${shown}, expected ${showJson(value)}`]
  if (pattern !== undefined) {
    const texts = found.map(each => (typeof each === 'string' ? each : JSON.stringify(each)))
    return texts.some(text => compilePattern(pattern).matches(text))
      ? []
      : [`${path} of the body is ${shown}, does not match ${JSON.stringify(pattern)}`]
  }
  if (exists === found.length > 0) return []
  return [
    exists ? `${path} of the body finds nothing` : `${path} of the body is ${shown} and should not be there`,
  ]
}

const MAX_SHOWN = 200

function showJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text
}
