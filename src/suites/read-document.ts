import { isAlias, LineCounter, type Node, parseAllDocuments } from 'yaml'
import { ArchparityError } from '../errors.js'
import type { SuiteSource, SuiteValue } from './suite-value.js'

/** A file that is larger is no suite, but something that would take all memory. Bytes. */
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Reads a suite file's text into values that know their lines. Throws SUITE_INVALID with file and line for what is
 * neither YAML nor JSON, for a key that is written twice, and for an alias bomb. `mapLine` gives the line that people
 * know, where the text was made from another.
 */
export function readDocument(
  file: string,
  text: string,
  warn: (message: string) => void = () => {},
  mapLine: (line: number) => number = line => line,
): SuiteValue {
  if (text.length > MAX_BYTES)
    throw new ArchparityError('SUITE_INVALID', `${file}: larger than ${MAX_BYTES / 1024 / 1024} MiB`)
  const lines = new LineCounter()
  const syntax = file.endsWith('.json') ? 'json' : 'yaml'
  if (syntax === 'json') requireJson(file, text)
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    uniqueKeys: true,
    keepSourceTokens: false,
  })
  const documents = Array.isArray(parsed) ? parsed : []
  const [document] = documents
  for (const problem of document?.errors ?? []) {
    const line = mapLine(lines.linePos(problem.pos[0]).line)
    throw new ArchparityError('SUITE_INVALID', `${file}:${line}: ${problem.message.split('\n')[0]}`, {
      details: { file, line },
    })
  }
  if (documents.length > 1) warn(`${file}: only the first of its ${documents.length} documents is read`)
  const source: SuiteSource = {
    file,
    syntax,
    lineAt: offset => mapLine(lines.linePos(offset).line),
    resolveAlias: node => (document !== undefined && isAlias(node) ? (node.resolve(document) as Node) : node),
    toJson: node => (document === undefined || !node ? null : node.toJS(document)),
    warn,
  }
  const node = (document?.contents ?? null) as Node | null
  return { source, key: '', node, line: node?.range ? source.lineAt(node.range[0]) : 1 }
}

/** YAML takes more than JSON, which a file that says that it is JSON must not hold. */
function requireJson(file: string, text: string): void {
  try {
    JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
    const line = text.slice(0, offset).split('\n').length
    throw new ArchparityError('SUITE_INVALID', `${file}:${line}: ${message}`, { details: { file, line } })
  }
}
