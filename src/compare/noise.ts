import { diffArrays } from 'diff'

/** A run of a line: text that stays, or text that differed between two runs, with the characters it may have. */
type Part = { readonly fixed: string } | { readonly varies: 'number' | 'hex' | 'word' | 'anything' }

/** What one line of the reference looks like when only chance changes it. */
export interface LinePattern {
  readonly parts: readonly Part[]
  /** Line number on the reference, from 0: where a pattern with no fixed word may apply. */
  readonly line: number
}

/** What two runs of one text taught: nothing varies, some lines vary, or the shape itself varies. */
export type TextNoise =
  | { readonly kind: 'lines'; readonly patterns: readonly LinePattern[] }
  | { readonly kind: 'all' }

const NOISE = '‹noise›'
const MAX_EDITS = 2000
/** A text in which more lines than this vary is noise as a whole. */
const MAX_PATTERNS = 500

/** Learns the masks from two normalised texts of the reference; undefined where they are equal. */
export function learnNoise(first: readonly string[], second: readonly string[]): TextNoise | undefined {
  if (first.length === second.length && first.every((line, index) => line === second[index])) return undefined
  const changes = diffArrays([...first], [...second], { maxEditLength: MAX_EDITS })
  if (changes === undefined) return { kind: 'all' }
  const patterns: LinePattern[] = []
  let line = 0
  for (let index = 0; index < changes.length; index += 1) {
    const change = changes[index]
    if (change === undefined) break
    if (!change.added && !change.removed) {
      line += change.value.length
      continue
    }
    const partner = changes[index + 1]
    const removed = change.removed ? change.value : partner?.removed ? partner.value : []
    const added = change.added ? change.value : partner?.added ? partner.value : []
    if (removed.length !== added.length) return { kind: 'all' }
    for (const [offset, text] of removed.entries()) {
      if (text === added[offset]) continue
      patterns.push({ parts: learnLine(text, added[offset] ?? ''), line: line + offset })
    }
    line += removed.length
    index += 1
    if (patterns.length > MAX_PATTERNS) return { kind: 'all' }
  }
  return { kind: 'lines', patterns }
}

/** A word or number with the signs that hold one together (`12:30:01`, `1.5`, `a-b`), or any other character. */
const TOKEN = /[\p{L}\p{N}_]+(?:[.:+-][\p{L}\p{N}_]+)*|./gsu

function learnLine(first: string, second: string): Part[] {
  const a = first.match(TOKEN) ?? []
  const b = second.match(TOKEN) ?? []
  if (a.length === b.length) {
    const parts = a.map((token, index) =>
      token === b[index] ? { fixed: token } : learnToken(token, b[index] ?? ''),
    )
    const joined = joinParts(parts)
    if (matchParts(first, joined) && matchParts(second, joined)) return joined
  }
  // Not of one shape: what both begin and end with stays, all between may be anything.
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start += 1
  let end = 0
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  return joinParts([
    { fixed: a.slice(0, start).join('') },
    { varies: 'anything' },
    { fixed: a.slice(a.length - end).join('') },
  ])
}

/** A number that becomes a word elsewhere is not noise, so the mask remembers what kind of text varied. */
function learnToken(a: string, b: string): Part {
  if (isNumber(a) && isNumber(b)) return { varies: 'number' }
  if (isHex(a) && isHex(b)) return { varies: 'hex' }
  return { varies: 'word' }
}

const isNumber = (text: string) => /^[\d.:+-]+$/.test(text)
const isHex = (text: string) => /^[\da-f.:-]+$/i.test(text)
const ALLOWED = {
  number: isNumber,
  hex: isHex,
  word: (text: string) => !/\s/.test(text),
  anything: () => true,
}

function joinParts(parts: readonly Part[]): Part[] {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if ('fixed' in part && last !== undefined && 'fixed' in last) {
      joined[joined.length - 1] = { fixed: last.fixed + part.fixed }
    } else if (!('fixed' in part) || part.fixed !== '') {
      joined.push(part)
    }
  }
  return joined
}

/**
 * Replaces what the patterns cover by `‹noise›`. In a text of as many lines as the reference's a pattern applies first
 * to the line on which it was learned; one with a fixed word applies to lines at any other position too.
 */
export function maskLines(
  lines: readonly string[],
  noise: Extract<TextNoise, { kind: 'lines' }>,
  referenceLines: number,
): string[] {
  const anywhere = noise.patterns.filter(hasFixedWord)
  const placed = new Map(noise.patterns.map(one => [one.line, one]))
  return lines.map((line, index) => {
    const here = lines.length === referenceLines ? placed.get(index) : undefined
    const pattern =
      here !== undefined && matchParts(line, here.parts)
        ? here
        : anywhere.find(one => matchParts(line, one.parts))
    return pattern === undefined ? line : renderPattern(pattern)
  })
}

/** The pattern as people read it: `listening as ‹noise›`. */
export function renderPattern(pattern: LinePattern): string {
  return pattern.parts.map(part => ('fixed' in part ? part.fixed : NOISE)).join('')
}

function hasFixedWord(pattern: LinePattern): boolean {
  return pattern.parts.some(part => 'fixed' in part && /[\p{L}\p{N}]/u.test(part.fixed))
}

/** Matches from left to right, each fixed part at its first place: linear, and enough for lines of words. */
function matchParts(line: string, parts: readonly Part[]): boolean {
  let position = 0
  let pending: keyof typeof ALLOWED | undefined
  for (const [index, part] of parts.entries()) {
    if (!('fixed' in part)) {
      pending = pending === undefined ? part.varies : 'anything'
      continue
    }
    const isLast = index === parts.length - 1
    const at = findPart(line, part.fixed, position, pending !== undefined, isLast)
    if (at < 0) return false
    if (pending !== undefined && !ALLOWED[pending](line.slice(position, at))) return false
    pending = undefined
    position = at + part.fixed.length
  }
  return pending === undefined ? position === line.length : ALLOWED[pending](line.slice(position))
}

function findPart(line: string, fixed: string, from: number, afterGap: boolean, last: boolean): number {
  if (!afterGap) return line.startsWith(fixed, from) ? from : -1
  if (!last) return line.indexOf(fixed, from)
  const at = line.length - fixed.length
  return at >= from && line.endsWith(fixed) ? at : -1
}
