import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXIT, exitCodeOfError } from '../../src/cli/exit-codes.js'
import { ArchparityError, type ErrorCode } from '../../src/errors.js'
import { listTableRows, ROOT, readCode, readPage } from './pages.js'

const { text } = readPage('docs/exit-codes.md')
const codes = [...readFileSync(path.join(ROOT, 'src/errors.ts'), 'utf8').matchAll(/^ {2}([A-Z_]+): '/gm)].map(
  match => match[1] as ErrorCode,
)

/** The part of the page under the heading of an exit code. */
function readSection(code: number): string {
  return text.split(/^## /m).find(part => part.startsWith(`${code}: `)) ?? ''
}

describe('docs/exit-codes.md', () => {
  test.each(codes)('has %s under the exit code that it means', code => {
    const section = readSection(exitCodeOfError(new ArchparityError(code, '').category))
    expect(listTableRows(section).map(row => readCode(row[0]))).toContain(code)
  })

  test('names no error code that does not exist', () => {
    const named = [...text.matchAll(/^\| `([A-Z_]+)`/gm)].map(match => match[1])
    expect(named.toSorted()).toEqual(codes.toSorted())
  })

  test('has every exit code in its first table', () => {
    const first = listTableRows(text.split(/^## /m)[0] ?? '').map(row => Number(row[0]))
    expect(first.toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b))
  })
})
