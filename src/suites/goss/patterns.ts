import { compilePattern } from '../compile-pattern.js'

/** A longer line is an error, as goss has it. Bytes. */
const MAX_LINE_BYTES = 1024 * 1024

/** One pattern of goss: `text`, `!text`, `/regular expression/`, `!/regular expression/`. */
export interface LinePattern {
  /** Whether no line may match. */
  readonly inverse: boolean
  matches(line: string): boolean
}

/** Reads a pattern (goss, docs/gossfile.md, "io.Readers"). Throws an Error, in RE2's words, for a bad expression. */
export function readPattern(source: string): LinePattern {
  const inverse = source.startsWith('!')
  if (/^!?\//.test(source) && source.endsWith('/')) {
    const expression = source.slice(inverse ? 2 : 1)
    const pattern = compilePattern(expression.endsWith('/') ? expression.slice(0, -1) : expression)
    return { inverse, matches: line => pattern.matches(line) }
  }
  const text = source.replace(/^[\\/!]+/, '')
  return { inverse, matches: line => line.includes(text) }
}

/** Those of the patterns that a text does not satisfy; throws an Error for a line that is too long. */
export function listUnsatisfied(patterns: readonly string[], text: string): string[] {
  const lines = splitLines(text)
  if (lines.some(line => Buffer.byteLength(line) >= MAX_LINE_BYTES))
    throw new Error('a line is longer than 1 MiB, so its patterns cannot be judged')
  return patterns.filter(source => {
    if (source === '') return false
    const pattern = readPattern(source)
    return lines.some(line => pattern.matches(line)) === pattern.inverse
  })
}

/** Lines as Go's scanner gives them: without their ends, and without an empty one after the last. */
function splitLines(text: string): string[] {
  const lines = text.split('\n').map(line => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (lines.at(-1) === '') lines.pop()
  return lines
}
