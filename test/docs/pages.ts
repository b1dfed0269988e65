import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** One page of the documentation. */
export interface Page {
  /** Relative to the repository's root. */
  readonly file: string
  readonly text: string
}

/** Reads the page at `file`, relative to the repository's root. */
export function readPage(file: string): Page {
  return { file, text: readFileSync(path.join(ROOT, file), 'utf8') }
}

/** Every page that the project shows its readers. */
export function listPages(): Page[] {
  const docs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name.split(path.sep).join('/')}`)
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs].sort().map(readPage)
}

/** A fenced block of code, with the indentation of a list taken off. */
export interface CodeBlock {
  readonly language: string
  readonly code: string
  /** Line of the opening fence, from 1. */
  readonly line: number
}

export function listCodeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { language: string; indent: string; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^( *)```(\S*)/.exec(line)
    if (fence === null) open?.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    else if (open === undefined)
      open = { indent: fence[1] ?? '', language: fence[2] ?? '', line: index + 1, lines: [] }
    else {
      blocks.push({ language: open.language, code: open.lines.join('\n'), line: open.line })
      open = undefined
    }
  }
  return blocks
}

/** Rows of all tables of a page: cells with the Markdown of code taken off, and no heads. */
export function listTableRows(text: string): string[][] {
  const lines = text.split('\n')
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1] ?? ''))
    .map(line =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim()),
    )
}

const isRule = (line: string): boolean => /^\|(?:[-: ]+\|)+$/.test(line)

/** What a cell holds in its first code span; undefined without one. */
export function readCode(cell: string | undefined): string | undefined {
  return /`([^`]+)`/.exec(cell ?? '')?.[1]
}
