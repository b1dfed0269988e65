import {
  readAnyEntries,
  readEntries,
  readFlag,
  readText,
  rejectValue,
  type SuiteValue,
} from '../suite-value.js'
import type { Surroundings } from '../surroundings.js'
import { isAbsent } from './read-plain.js'

/** Files that a goss file draws in by one entry of `gossfile`, and the line of that. */
export interface Include {
  readonly files: readonly string[]
  readonly line: number
}

/**
 * Finds the files that `gossfile` names, by a path or a glob relative to the file's own folder; sorted. Throws
 * SUITE_INVALID, with the line, where there is none.
 */
export function readIncludes(file: string, document: SuiteValue, surroundings: Surroundings): Include[] {
  const entry = readAnyEntries(document).get('gossfile')
  if (entry === undefined || isAbsent(entry)) return []
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return [...readAnyEntries(entry)].flatMap(([key, value]) => {
    const entries = readEntries(value, ['file', 'skip', 'title', 'meta'])
    // As in goss, what is skipped is not even read.
    if (readFlag(entries.get('skip'), false)) return []
    const pattern = readText(entries.get('file')) || key
    if (pattern.startsWith('/'))
      rejectValue(value, 'is absolute: name a file beside this one, since no container is there yet')
    const files = findFiles(`${folder}${pattern}`, surroundings)
    if (files.length === 0) rejectValue(value, `there is no file ${folder}${pattern}`)
    return [{ files, line: value.line }]
  })
}

function findFiles(pattern: string, { readText, listFiles }: Surroundings): readonly string[] {
  const plain = resolveDots(pattern)
  if (/[*?[]/.test(plain)) return listFiles(plain)
  return readText(plain) === undefined ? [] : [plain]
}

/** The same path without `.` and `..`, so that a file has one name. */
function resolveDots(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
