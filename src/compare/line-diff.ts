import { diffArrays } from 'diff'
import type { NormalLine } from './normalize/normalize-line.js'

/** A line of a diff: `-` the reference's, `+` the other's, ` ` both, `…` lines left out. */
export interface DiffLine {
  readonly sign: '-' | '+' | ' ' | '…'
  readonly text: string
}

/** Caps that keep a diff readable, and quick on texts that share nothing. */
const MAX_LINES = 40
const MAX_LINE_LENGTH = 400
const MAX_EDITS = 2000
const CONTEXT_LINES = 1

/** The smallest line diff of two texts, told by their normalised lines: every line as it was. */
export function diffLines(before: readonly NormalLine[], after: readonly NormalLine[]): DiffLine[] {
  const left = before.map(line => line.normal)
  const right = after.map(line => line.normal)
  const changes = diffArrays(left, right, { maxEditLength: MAX_EDITS })
  if (changes === undefined) return [...sign('-', before), ...sign('+', after)]
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  for (const change of changes) {
    const count = change.value.length
    if (change.removed) {
      lines.push(...sign('-', before.slice(i, i + count)))
      i += count
    } else if (change.added) {
      lines.push(...sign('+', after.slice(j, j + count)))
      j += count
    } else {
      lines.push(...sign(' ', after.slice(j, j + count)))
      i += count
      j += count
    }
  }
  return lines
}

/** A diff as reports show it: the changes with the lines around them, cut to a readable length. */
export function shortenDiff(lines: readonly DiffLine[]): DiffLine[] {
  return capDiff(dropDistantContext(lines))
}

function sign(mark: DiffLine['sign'], lines: readonly NormalLine[]): DiffLine[] {
  return lines.map(line => ({ sign: mark, text: line.raw }))
}

function dropDistantContext(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>()
  for (const [index, line] of lines.entries()) {
    if (line.sign === ' ') continue
    for (let offset = -CONTEXT_LINES; offset <= CONTEXT_LINES; offset += 1) near.add(index + offset)
  }
  const kept: DiffLine[] = []
  let dropped = 0
  const note = () => {
    if (dropped > 0) kept.push({ sign: '…', text: `${dropped} equal ${dropped === 1 ? 'line' : 'lines'}` })
    dropped = 0
  }
  for (const [index, line] of lines.entries()) {
    // The empty piece behind a final newline says nothing to a reader.
    const trailing = line.sign === ' ' && line.text === '' && index === lines.length - 1
    if (trailing) continue
    if (near.has(index)) {
      note()
      kept.push(line)
    } else {
      dropped += 1
    }
  }
  note()
  return kept
}

function capDiff(lines: readonly DiffLine[]): DiffLine[] {
  const shown = lines.slice(0, MAX_LINES).map(line => ({ sign: line.sign, text: cutLine(line.text) }))
  if (lines.length > MAX_LINES) shown.push({ sign: '…', text: `${lines.length - MAX_LINES} more lines` })
  return shown
}

function cutLine(text: string): string {
  return text.length <= MAX_LINE_LENGTH
    ? text
    : `${text.slice(0, MAX_LINE_LENGTH)}… (${text.length} characters)`
}
